import CNGHTTP2
import NIOCore

/// One HTTP/2 connection's protocol state: libnghttp2 through its memory interface.
///
/// **Invariant:** every C pointer of libnghttp2 lives in this type (its files), and is touched
/// on the connection's event loop alone.
final class HTTP2Session {
  enum Role { case server, client }

  weak var events: (any HTTP2Events)?
  /// Bytes that wait to be sent, over all streams.
  var outgoingBytes = 0
  var outgoing = StreamMap<OutgoingBody>()
  var scratch = HeaderScratch()
  /// What every request says; over TLS another scheme.
  var requestHeaders = FixedHeaders.request
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
    // gRPC's own libraries send statuses whose messages have spaces at their ends.
    dropwire_option_allow_outer_spaces(options)
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

  /// Opens a stream with a request of one message. Queued while the peer allows no more streams.
  func submitRequest(path: String, _ fields: [HeaderField], message: ByteBuffer) throws -> Int32 {
    var provider = self.provider
    let path = HeaderField(name: ":path", value: path)
    let stream = scratch.with(first: path, requestHeaders, rest: fields) { values, count in
      nghttp2_submit_request(session, nil, values, count, &provider, nil)
    }
    guard stream > 0 else { throw HTTP2Failure(description: Self.text(stream)) }
    hold(stream, OutgoingBody(message: message, ending: .bare))
    return stream
  }

  /// Answers with headers alone.
  func submitEnd(_ stream: Int32, _ fixed: FixedHeaders, _ fields: [HeaderField]) {
    scratch.with(fixed, rest: fields) { values, count in
      _ = nghttp2_submit_response(session, stream, values, count, nil)
    }
  }

  /// Answers with the headers of gRPC, and a message if there is one already.
  func submitResponse(_ stream: Int32, message: ByteBuffer?, _ ending: OutgoingBody.Ending) {
    var provider = self.provider
    hold(stream, OutgoingBody(message: message, ending: ending))
    let code = scratch.with(.answer) { values, count in
      nghttp2_submit_response(session, stream, values, count, &provider)
    }
    if code != 0 { forget(stream) }
  }

  private func hold(_ stream: Int32, _ body: OutgoingBody) {
    outgoing[stream] = body
    outgoingBytes += body.byteCount
  }

  /// Sends one more message. Returns the bytes that wait now; nil when the stream is gone.
  func send(_ stream: Int32, _ message: ByteBuffer) -> Int? {
    guard outgoing[stream]?.append(message) != nil else { return nil }
    outgoingBytes += GRPCFraming.prefixBytes + message.readableBytes
    nghttp2_session_resume_data(session, stream)
    return outgoing[stream]?.byteCount
  }

  /// Ends a body that was begun.
  func end(_ stream: Int32, _ ending: OutgoingBody.Ending) {
    outgoing[stream]?.ending = ending
    nghttp2_session_resume_data(session, stream)
  }

  /// Whether a stream was sent to the peer, at least in part. False for a request that waits for
  /// the peer to allow one more stream.
  func wasSent(_ stream: Int32) -> Bool { nghttp2_session_find_stream(session, stream) != nil }

  func reset(_ stream: Int32, _ code: UInt32) {
    forget(stream)
    nghttp2_submit_rst_stream(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream, code)
  }

  /// Says that `goAway` follows, and asks the peer to answer once it knows: it opens no streams any
  /// more, and those that it had opened before are still taken.
  func announceGoAway() {
    nghttp2_submit_shutdown_notice(session)
    nghttp2_submit_ping(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), nil)
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
    guard let body = outgoing.removeValue(for: stream) else { return }
    outgoingBytes -= body.byteCount
  }
}
