import CNGHTTP2
import Foundation

/// What libnghttp2 calls back, turned into events.
extension HTTP2Session {
  static func of(_ context: UnsafeMutableRawPointer?) -> HTTP2Session {
    guard let context else { preconditionFailure("libnghttp2 lost its context") }
    return Unmanaged<HTTP2Session>.fromOpaque(context).takeUnretainedValue()
  }

  static func setCallbacks(_ callbacks: OpaquePointer?) {
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks) { _, _, context in
      let session = HTTP2Session.of(context)
      swap(&session.previous, &session.incoming)
      session.incoming.removeAll(keepingCapacity: true)
      session.incomingBytes = 0
      return 0
    }
    nghttp2_session_callbacks_set_on_header_callback(callbacks) {
      _, _, name, nameLength, value, valueLength, _, context in
      HTTP2Session.of(context).add(
        UnsafeBufferPointer(start: name, count: nameLength),
        UnsafeBufferPointer(start: value, count: valueLength))
    }
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) {
      _, _, stream, bytes, length, context in
      HTTP2Session.of(context).events?.bytesReceived(
        stream, UnsafeRawBufferPointer(start: bytes, count: length))
      return 0
    }
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { _, frame, context in
      guard let frame else { return 0 }
      let session = HTTP2Session.of(context)
      let code = session.price(frame)
      if code == 0 { session.received(frame) }
      return code
    }
    nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks) { _, frame, _, context in
      guard let frame, frame.pointee.hd.type == UInt8(NGHTTP2_HEADERS.rawValue) else { return 0 }
      let session = HTTP2Session.of(context)
      session.forget(frame.pointee.hd.stream_id)
      session.events?.closed(
        frame.pointee.hd.stream_id, code: HTTP2Code.refusedStream, wasSent: false)
      return 0
    }
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks) { session, frame, _ in
      HTTP2Session.sent(session, frame)
    }
    nghttp2_session_callbacks_set_error_callback2(callbacks) { _, _, text, length, context in
      let bytes = UnsafeRawBufferPointer(start: text, count: length)
      HTTP2Session.of(context).complaint = String(decoding: bytes, as: UTF8.self)
      return 0
    }
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { _, stream, code, context in
      let session = HTTP2Session.of(context)
      session.forget(stream)
      session.events?.closed(stream, code: code, wasSent: true)
      return 0
    }
  }

  /// A server that has ended its half of a stream before the peer has, ends the other half too: the
  /// peer need not send what nobody reads, and it may never end it, as it counts the stream as over.
  private static func sent(_ session: OpaquePointer?, _ frame: UnsafePointer<nghttp2_frame>?)
    -> Int32
  {
    guard let header = frame?.pointee.hd,
      header.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0,
      header.type == UInt8(NGHTTP2_HEADERS.rawValue),
      nghttp2_session_check_server_session(session) != 0,
      nghttp2_session_get_stream_remote_close(session, header.stream_id) == 0
    else { return 0 }
    return nghttp2_submit_rst_stream(
      session, UInt8(NGHTTP2_FLAG_NONE.rawValue), header.stream_id, HTTP2Code.noError)
  }

  private func add(
    _ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>
  ) -> Int32 {
    incomingBytes += name.count + value.count + 32
    guard incomingBytes <= HTTP2Limits.headerBytesMax else {
      let isBomb = incomingBytes > HTTP2Limits.headerBombBytes
      return isBomb ? stop("the peer sent a header block far above the limit") : 0
    }
    let last = incoming.count < previous.count ? previous[incoming.count] : nil
    incoming.append(
      HeaderField(
        name: Self.text(name, orSame: last?.name), value: Self.text(value, orSame: last?.value)))
    return 0
  }

  /// Text of bytes; the text of the block before when it is the same, which costs no memory. Header
  /// blocks of one connection are much alike.
  private static func text(_ bytes: UnsafeBufferPointer<UInt8>, orSame last: String?) -> String {
    guard var last, last.utf8.count == bytes.count, let start = bytes.baseAddress else {
      return String(decoding: bytes, as: UTF8.self)
    }
    let isSame = last.withUTF8 { known in
      known.baseAddress.map { memcmp($0, start, bytes.count) == 0 } ?? false
    }
    return isSame ? last : String(decoding: bytes, as: UTF8.self)
  }

  private func received(_ frame: UnsafePointer<nghttp2_frame>) {
    let header = frame.pointee.hd
    let isEnd = header.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
    switch nghttp2_frame_type(UInt32(header.type)) {
    case NGHTTP2_HEADERS:
      events?.headersReceived(
        header.stream_id, incoming, isOversized: incomingBytes > HTTP2Limits.headerBytesMax,
        isEnd: isEnd)
    case NGHTTP2_DATA:
      if isEnd { events?.peerEnded(header.stream_id) }
    case NGHTTP2_SETTINGS:
      guard header.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) == 0 else { return }
      isSetUp = true
      events?.settingsReceived()
    case NGHTTP2_PING:
      if header.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) != 0 { events?.pingAnswered() }
    case NGHTTP2_GOAWAY:
      let code = frame.pointee.goaway.error_code
      if code != HTTP2Code.noError { complaint = "the peer ended it with HTTP/2 code \(code)" }
      events?.goAwayReceived()
    default: break
    }
  }
}
