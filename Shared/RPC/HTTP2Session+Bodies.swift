import CNGHTTP2
import NIOCore

/// What libnghttp2 fetches to send: bodies and header blocks.
extension HTTP2Session {
  var provider: nghttp2_data_provider {
    nghttp2_data_provider(
      source: nghttp2_data_source(),
      read_callback: { _, stream, target, length, flags, _, context in
        guard let target, let flags else { return Int(NGHTTP2_ERR_CALLBACK_FAILURE.rawValue) }
        return HTTP2Session.of(context).fill(
          stream, UnsafeMutableRawBufferPointer(start: target, count: length), flags)
      })
  }

  /// Copies the next bytes of a body to libnghttp2, with its trailers after the last.
  private func fill(
    _ stream: Int32, _ target: UnsafeMutableRawBufferPointer, _ flags: UnsafeMutablePointer<UInt32>
  ) -> Int {
    guard let index = outgoing.index(forKey: stream) else {
      return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
    }
    let waitingBefore = outgoing.values[index].bytes.readableBytes
    let count = outgoing.values[index].bytes.readWithUnsafeReadableBytes { source in
      let count = min(source.count, target.count)
      target.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[..<count]))
      return count
    }
    outgoingBytes -= count
    if count > 0 { budget.earn() }
    if outgoing.values[index].bytes.readableBytes > 0 { return count }
    if outgoing.values[index].isEnded {
      flags.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue
      let trailers = outgoing.values[index].trailers
      if !trailers.isEmpty {
        flags.pointee |= NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue
        _ = withNameValues(trailers) { nghttp2_submit_trailer(session, stream, $0, $1) }
      }
      return count
    }
    if waitingBefore > 0 { events?.drained(stream) }
    return count > 0 ? count : Int(NGHTTP2_ERR_DEFERRED.rawValue)
  }

  func withNameValues<R>(
    _ headers: [HeaderField], _ body: (UnsafePointer<nghttp2_nv>?, Int) -> R
  ) -> R {
    var text: [UInt8] = []
    text.reserveCapacity(headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count })
    for header in headers {
      text.append(contentsOf: header.name.utf8)
      text.append(contentsOf: header.value.utf8)
    }
    return text.withUnsafeMutableBufferPointer { text in
      var offset = 0
      let values = headers.map { header in
        let (name, value) = (header.name.utf8.count, header.value.utf8.count)
        defer { offset += name + value }
        return nghttp2_nv(
          name: text.baseAddress.map { $0 + offset },
          value: text.baseAddress.map { $0 + offset + name }, namelen: name, valuelen: value,
          flags: UInt8(NGHTTP2_NV_FLAG_NONE.rawValue))
      }
      return values.withUnsafeBufferPointer { body($0.baseAddress, $0.count) }
    }
  }
}
