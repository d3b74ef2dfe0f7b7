import NIOCore
import Testing

@testable import RPC

/// What a request says besides its message, from one session to another in memory.
struct RequestHeadersTests {
  @Test(arguments: [(false, "http"), (true, "https")])
  func `a request names the scheme of its connection, after its path`(
    _ isSecure: Bool, _ scheme: String
  ) throws {
    let client = try HTTP2Session(.client)
    if isSecure { client.requestHeaders = .secureRequest }
    _ = try client.submitRequest(
      path: "/test.v1.Test/Echo", [HeaderField(name: "x-request-id", value: "r-1")],
      message: ByteBuffer(string: "message"))
    var bytes = ByteBuffer()
    try client.pull(into: &bytes, bytesMax: 64 * 1024)
    let heard = Heard()
    let server = try HTTP2Session(.server)
    server.events = heard
    try bytes.withUnsafeReadableBytes { try server.receive($0) }
    #expect(
      heard.headers == [
        HeaderField(name: ":path", value: "/test.v1.Test/Echo"),
        HeaderField(name: ":method", value: "POST"),
        HeaderField(name: ":scheme", value: scheme),
        HeaderField(name: ":authority", value: "localhost"),
        HeaderField(name: "content-type", value: "application/grpc"),
        HeaderField(name: "te", value: "trailers"),
        HeaderField(name: "x-request-id", value: "r-1"),
      ])
    #expect(heard.bytes == [0, 0, 0, 0, 7] + Array("message".utf8))
  }
}

/// Keeps what a session says.
private final class Heard: HTTP2Events {
  var headers: [HeaderField] = []
  var bytes: [UInt8] = []

  func headersReceived(
    _ stream: Int32, _ headers: [HeaderField], isOversized: Bool, isEnd: Bool
  ) {
    self.headers = headers
  }

  func bytesReceived(_ stream: Int32, _ bytes: UnsafeRawBufferPointer) {
    self.bytes += bytes
  }

  func peerEnded(_ stream: Int32) {}
  func closed(_ stream: Int32, code: UInt32, wasSent: Bool) {}
  func drained(_ stream: Int32) {}
  func settingsReceived() {}
  func goAwayReceived() {}
  func pingAnswered() {}
  func isResetFair(_ stream: Int32) -> Bool { true }
}
