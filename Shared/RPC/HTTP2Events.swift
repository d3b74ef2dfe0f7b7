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
  /// Whether the peer may reset a stream as often as it likes.
  func isResetFair(_ stream: Int32) -> Bool
  func goAwayReceived()
  /// The peer has read what was sent before a PING of ours.
  func pingAnswered()
}

/// The error codes of RFC 9113, section 7, that this layer uses.
enum HTTP2Code {
  static let noError: UInt32 = 0
  static let protocolError: UInt32 = 1
  static let refusedStream: UInt32 = 7
  static let cancel: UInt32 = 8
  static let enhanceYourCalm: UInt32 = 11
}

/// A connection cannot go on.
struct HTTP2Failure: Error, CustomStringConvertible {
  let description: String
  /// What the peer is told.
  var code = HTTP2Code.protocolError
}

/// Limits of one connection.
enum HTTP2Limits {
  /// Streams that a peer may have open at once; above it stock clients queue.
  static let streamsMax: UInt32 = 256
  /// One header block's size, names and values with 32 bytes each as RFC 9113 counts.
  static let headerBytesMax = 16 * 1024
  /// A header block above this ends the connection: a few bytes of HPACK can stand for very many.
  static let headerBombBytes = 4 * headerBytesMax
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
  /// What a server that goes away waits for the calls that its peer had begun before it knew.
  static let noticeTime = Duration.milliseconds(250)
  /// What a server waits for a peer to close after it has ended its half of a connection.
  static let lingerTime = Duration.milliseconds(500)
  /// Bytes given to the socket at once.
  static let writeBytesMax = 256 * 1024
  /// Frames that wait to be sent, besides bodies; a peer that lets more wait is cut off.
  static let outgoingFramesMax = 16 * 1024
  /// Methods that run for one connection, with those whose streams are gone already: a peer that
  /// cancels and asks again must not take the places of all.
  static let runningMax = 2 * Int(streamsMax)
  /// A peer that takes nothing from a full socket for so long is cut off.
  static let stallTimeout = Duration.seconds(30)
  /// How long what was said last has to reach the peer.
  static let farewellTimeout = Duration.seconds(2)
}
