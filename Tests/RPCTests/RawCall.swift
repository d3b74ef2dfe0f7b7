import NIOCore

@testable import RPC

/// One call whose headers and bytes a test chooses, and what the server said, header by header.
final class RawCall: HTTP2Events {
  /// The headers of the answer and its trailers, by name.
  private(set) var headers: [String: String] = [:]
  /// The HTTP/2 code with which the stream ended.
  private(set) var code: UInt32?
  private var session: HTTP2Session?

  /// Calls, and waits until the stream has ended.
  ///
  /// - Parameters:
  ///   - body: a message, with its prefix, of which nothing has to be true.
  ///   - isEnded: whether the request ends with its body.
  init(
    _ path: String, method: String, headers: [HeaderField], body: [UInt8], isEnded: Bool = true
  ) throws {
    let session = try HTTP2Session(.client)
    self.session = session
    session.events = self
    let head = try CallHead(
      path: "/\(testServiceName)/\(method)", timeout: .seconds(20), metadata: [:])
    let stream = try session.submitRequest(
      path: head.path, head.fields + headers,
      message: ByteBuffer(bytes: body.dropFirst(GRPCFraming.prefixBytes)))
    if !isEnded { session.outgoing[stream]?.ending = .later }
    let socket = try RawSocket(path)
    defer { socket.end() }
    // The message is what comes last.
    var request = try pulled(session)
    request.replaceSubrange(request.count - body.count..<request.count, with: body)
    socket.send(request)
    while code == nil {
      let more = socket.readSome()
      if more.isEmpty { break }
      try more.withUnsafeBytes { try session.receive($0) }
      socket.send(try pulled(session))
    }
  }

  private func pulled(_ session: HTTP2Session) throws -> [UInt8] {
    var bytes = ByteBuffer()
    try session.pull(into: &bytes, bytesMax: 1 << 20)
    return Array(bytes.readableBytesView)
  }

  func headersReceived(
    _ stream: Int32, _ headers: [HeaderField], isOversized: Bool, isEnd: Bool
  ) {
    for header in headers { self.headers[header.name] = header.value }
  }

  func bytesReceived(_ stream: Int32, _ bytes: UnsafeRawBufferPointer) {}

  func peerEnded(_ stream: Int32) {}

  func closed(_ stream: Int32, code: UInt32, wasSent: Bool) { self.code = code }

  func drained(_ stream: Int32) {}

  func settingsReceived() {}

  func isResetFair(_ stream: Int32) -> Bool { true }

  func goAwayReceived() {}
  func pingAnswered() {}
}
