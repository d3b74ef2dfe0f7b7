/// What a session tells its connection. Called on the connection's event loop, from within
/// `HTTP2Session.receive` or `pull`.
protocol HTTP2Events: AnyObject {
  /// A header block is complete. `isOversized`: it was longer than the limit and was cut.
  func headersReceived(_ stream: Int32, _ headers: [HeaderField], isOversized: Bool, isEnd: Bool)
  func bytesReceived(_ stream: Int32, _ bytes: UnsafeRawBufferPointer)
  /// The peer will send no more on the stream.
  func peerEnded(_ stream: Int32)
  /// The stream is gone; `code` is the HTTP/2 error code. `wasSent` is false for a request that
  /// never left this process.
  func closed(_ stream: Int32, code: UInt32, wasSent: Bool)
  /// All that the stream had to send was handed over.
  func drained(_ stream: Int32)
  /// The peer has said how it wants to be spoken to, which it does first.
  func settingsReceived()
  func goAwayReceived()
}

/// The error codes of RFC 9113, section 7, that this layer uses.
enum HTTP2Code {
  static let noError: UInt32 = 0
  static let refusedStream: UInt32 = 7
  static let cancel: UInt32 = 8
  static let enhanceYourCalm: UInt32 = 11
}

/// libnghttp2 could not go on with a connection.
struct HTTP2Failure: Error, CustomStringConvertible {
  let description: String
}

/// Limits of one connection.
enum HTTP2Limits {
  /// Streams that a peer may have open at once; above it stock clients queue.
  static let streamsMax: UInt32 = 256
  /// One header block's size, names and values with 32 bytes each as RFC 9113 counts.
  static let headerBytesMax = 16 * 1024
  /// Flow control: what a peer may send on a stream before we read on.
  static let streamWindowBytes: Int32 = 256 * 1024
  /// The same over all streams of a connection.
  static let connectionWindowBytes: Int32 = 8 * 1024 * 1024
  /// A writer of a streamed answer waits while this much of it is not handed over.
  static let streamOutgoingBytesMax = 64 * 1024
  /// Messages of a streamed request that wait for their method; above it the call ends.
  static let streamRequestsMax = 256
  /// Bytes of requests that are not whole yet, or wait for their method; above it a request is refused.
  static let incomingBytesMax = 16 * 1024 * 1024
  /// Bytes of answers that a peer does not fetch; above it the connection is closed.
  static let outgoingBytesMax = 64 * 1024 * 1024
  /// Bytes given to the socket at once.
  static let writeBytesMax = 256 * 1024
}
