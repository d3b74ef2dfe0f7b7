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
    var (count, isEmpty, wasEmpty) = (0, true, true)
    var ending = OutgoingBody.Ending.later
    guard outgoing[stream]?.take(target, &count, &isEmpty, &wasEmpty, &ending) != nil else {
      return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
    }
    outgoingBytes -= count
    if count > 0 { budget.earn() }
    if !isEmpty { return count }
    switch ending {
    case .later:
      if !wasEmpty { events?.drained(stream) }
      return count > 0 ? count : Int(NGHTTP2_ERR_DEFERRED.rawValue)
    case .bare: break
    case .ok:
      flags.pointee |= NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue
      scratch.with(.ok) { _ = nghttp2_submit_trailer(session, stream, $0, $1) }
    case .status(let trailers):
      flags.pointee |= NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue
      scratch.with(.none, rest: trailers) { _ = nghttp2_submit_trailer(session, stream, $0, $1) }
    }
    flags.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue
    return count
  }
}

/// What a stream still has to send.
struct OutgoingBody {
  enum Ending {
    /// More bytes come.
    case later
    /// No trailers.
    case bare
    case ok
    case status([HeaderField])
  }

  private var bytes: ByteBuffer
  /// `bytes` is one message, whose prefix has not been sent.
  private var isUnframed: Bool
  var ending: Ending

  /// Starts with a message, or with nothing.
  init(message: ByteBuffer?, ending: Ending) {
    bytes = message ?? ByteBuffer()
    isUnframed = message != nil
    self.ending = ending
  }

  var byteCount: Int { bytes.readableBytes + (isUnframed ? GRPCFraming.prefixBytes : 0) }

  mutating func append(_ message: ByteBuffer) {
    frame()
    // What was sent makes room: a long stream needs no more memory than a short one.
    bytes.discardReadBytes()
    GRPCFraming.write(message, to: &bytes)
  }

  private mutating func frame() {
    guard isUnframed else { return }
    bytes = GRPCFraming.framed(bytes)
    isUnframed = false
  }

  fileprivate mutating func take(
    _ target: UnsafeMutableRawBufferPointer, _ count: inout Int, _ isEmpty: inout Bool,
    _ wasEmpty: inout Bool, _ ending: inout Ending
  ) {
    wasEmpty = byteCount == 0
    if isUnframed, target.count >= GRPCFraming.prefixBytes {
      GRPCFraming.writePrefix(of: bytes, to: target)
      count = GRPCFraming.prefixBytes
      isUnframed = false
    } else {
      frame()
    }
    let rest = UnsafeMutableRawBufferPointer(rebasing: target[count...])
    count += bytes.readWithUnsafeReadableBytes { source in
      let part = min(source.count, rest.count)
      rest.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[..<part]))
      return part
    }
    isEmpty = bytes.readableBytes == 0
    ending = self.ending
  }
}
