import CNGHTTP2
import NIOCore

/// One HTTP/2 connection's protocol state: libnghttp2 through its memory interface.
///
/// **Invariant:** every C pointer of libnghttp2 lives in this type (its four files), and is touched
/// on the connection's event loop alone.
final class HTTP2Session {
  enum Role { case server, client }

  weak var events: (any HTTP2Events)?
  /// Bytes that wait to be sent, over all streams.
  var outgoingBytes = 0
  var outgoing: [Int32: OutgoingBody] = [:]
  /// The header block that is coming in, and its size as the limit counts it.
  var incoming: [HeaderField] = []
  /// The block before it.
  var previous: [HeaderField] = []
  var incomingBytes = 0

  /// What was last wrong on this connection, in libnghttp2's words; nil when nothing was.
  var complaint: String?
  /// What the peer did too much of; nil while it behaves.
  var excess: String?
  var budget = FrameBudget()
  /// The peer has said its first settings.
  var isSetUp = false

  private(set) var session: OpaquePointer?

  struct OutgoingBody {
    var bytes: ByteBuffer
    var isEnded: Bool
    var trailers: [HeaderField]
  }

  init(_ role: Role) throws {
    var callbacks: OpaquePointer?
    var options: OpaquePointer?
    guard nghttp2_session_callbacks_new(&callbacks) == 0, nghttp2_option_new(&options) == 0 else {
      throw HTTP2Failure(description: "out of memory")
    }
    defer {
      nghttp2_session_callbacks_del(callbacks)
      nghttp2_option_del(options)
    }
    Self.setCallbacks(callbacks)
    Self.setLimitCallbacks(callbacks)
    Self.setLimits(options)
    // Read messages open the window again, so that a slow reader stops its sender.
    nghttp2_option_set_no_auto_window_update(options, role == .client ? 1 : 0)
    // Without it libnghttp2 keeps closed streams for priorities that nobody uses.
    nghttp2_option_set_no_closed_streams(options, 1)
    let context = Unmanaged.passUnretained(self).toOpaque()
    let code =
      switch role {
      case .server: nghttp2_session_server_new2(&session, callbacks, context, options)
      case .client: nghttp2_session_client_new2(&session, callbacks, context, options)
      }
    guard code == 0 else { throw HTTP2Failure(description: Self.text(code)) }
    try submitSettings(role)
  }

  deinit { nghttp2_session_del(session) }

  private func submitSettings(_ role: Role) throws {
    var entries = [
      nghttp2_settings_entry(
        settings_id: Int32(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS.rawValue),
        value: role == .server ? HTTP2Limits.streamsMax : 0),
      nghttp2_settings_entry(
        settings_id: Int32(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE.rawValue),
        value: UInt32(HTTP2Limits.streamWindowBytes)),
      nghttp2_settings_entry(
        settings_id: Int32(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE.rawValue),
        value: UInt32(HTTP2Limits.headerBytesMax)),
    ]
    if role == .client {
      entries.append(
        nghttp2_settings_entry(
          settings_id: Int32(NGHTTP2_SETTINGS_ENABLE_PUSH.rawValue), value: 0))
    }
    let flags = UInt8(NGHTTP2_FLAG_NONE.rawValue)
    var code = nghttp2_submit_settings(session, flags, entries, entries.count)
    if code == 0 {
      code = nghttp2_session_set_local_window_size(
        session, flags, 0, HTTP2Limits.connectionWindowBytes)
    }
    guard code == 0 else { throw HTTP2Failure(description: Self.text(code)) }
  }

  private static func text(_ code: Int32) -> String { String(cString: nghttp2_strerror(code)) }

  // MARK: Bytes in and out

  /// Takes bytes from the peer; events come before it returns.
  func receive(_ bytes: UnsafeRawBufferPointer) throws {
    guard let base = bytes.baseAddress else { return }
    let count = nghttp2_session_mem_recv(
      session, base.assumingMemoryBound(to: UInt8.self), bytes.count)
    guard count >= 0 else { throw failure(Int32(count)) }
  }

  /// Appends what is to be sent now to `buffer`, up to about `bytesMax`.
  func pull(into buffer: inout ByteBuffer, bytesMax: Int) throws {
    while buffer.readableBytes < bytesMax {
      var start: UnsafePointer<UInt8>?
      let count = nghttp2_session_mem_send(session, &start)
      guard count >= 0 else { throw HTTP2Failure(description: Self.text(Int32(count))) }
      guard count > 0, let start else { return }
      buffer.writeBytes(UnsafeRawBufferPointer(start: start, count: count))
    }
  }

  /// The connection is over: nothing will be read or written any more.
  var isFinished: Bool {
    nghttp2_session_want_read(session) == 0 && nghttp2_session_want_write(session) == 0
  }

  // MARK: Streams

  /// Opens a stream with a request whose whole body is known. Queued while the peer allows no more
  /// streams.
  func submitRequest(_ headers: [HeaderField], body: ByteBuffer) throws -> Int32 {
    var provider = self.provider
    let stream = withNameValues(headers) { values, count in
      nghttp2_submit_request(session, nil, values, count, &provider, nil)
    }
    guard stream > 0 else { throw HTTP2Failure(description: Self.text(stream)) }
    outgoing[stream] = OutgoingBody(bytes: body, isEnded: true, trailers: [])
    outgoingBytes += body.readableBytes
    return stream
  }

  /// Answers with headers alone.
  func submitEnd(_ stream: Int32, _ headers: [HeaderField]) {
    _ = withNameValues(headers) { values, count in
      nghttp2_submit_response(session, stream, values, count, nil)
    }
  }

  /// Answers with headers and a body. Unless it `isEnded`, more can be sent.
  func submitResponse(
    _ stream: Int32, _ headers: [HeaderField], body: ByteBuffer, isEnded: Bool,
    trailers: [HeaderField] = []
  ) {
    var provider = self.provider
    outgoing[stream] = OutgoingBody(bytes: body, isEnded: isEnded, trailers: trailers)
    outgoingBytes += body.readableBytes
    let code = withNameValues(headers) { values, count in
      nghttp2_submit_response(session, stream, values, count, &provider)
    }
    if code != 0 { forget(stream) }
  }

  /// Sends more of a body. Returns the bytes of it that wait now; nil when the stream is gone.
  func send(_ stream: Int32, _ bytes: ByteBuffer) -> Int? {
    guard let index = outgoing.index(forKey: stream) else { return nil }
    // What was sent makes room: a long stream needs no more memory than a short one.
    outgoing.values[index].bytes.discardReadBytes()
    outgoing.values[index].bytes.writeImmutableBuffer(bytes)
    outgoingBytes += bytes.readableBytes
    nghttp2_session_resume_data(session, stream)
    return outgoing.values[index].bytes.readableBytes
  }

  /// Ends a body that was begun, with trailers.
  func end(_ stream: Int32, trailers: [HeaderField]) {
    guard let index = outgoing.index(forKey: stream) else { return }
    outgoing.values[index].isEnded = true
    outgoing.values[index].trailers = trailers
    nghttp2_session_resume_data(session, stream)
  }

  /// Whether a stream was sent to the peer, at least in part. False for a request that waits for
  /// the peer to allow one more stream.
  func wasSent(_ stream: Int32) -> Bool { nghttp2_session_find_stream(session, stream) != nil }

  func reset(_ stream: Int32, _ code: UInt32) {
    forget(stream)
    nghttp2_submit_rst_stream(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream, code)
  }

  /// Says that no new stream is taken; those that are open go on.
  func goAway() {
    nghttp2_submit_goaway(
      session, UInt8(NGHTTP2_FLAG_NONE.rawValue), nghttp2_session_get_last_proc_stream_id(session),
      0, nil, 0)
  }

  /// Opens the windows again: the connection's now, the stream's too when it was read.
  func consumed(_ stream: Int32, connectionBytes: Int, streamBytes: Int) {
    if connectionBytes > 0 { nghttp2_session_consume_connection(session, connectionBytes) }
    if streamBytes > 0 { nghttp2_session_consume_stream(session, stream, streamBytes) }
  }

  func forget(_ stream: Int32) {
    guard let body = outgoing.removeValue(forKey: stream) else { return }
    outgoingBytes -= body.bytes.readableBytes
  }
}
