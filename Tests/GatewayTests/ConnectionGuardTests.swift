import HTTPTypes
import Logging
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import Gateway

/// Whom a connection is cut off from.
struct ConnectionGuardTests {
  private let limits = DoorLimits()
  private let channel = EmbeddedChannel()

  init() throws {
    let handler = ConnectionGuard(
      limits: limits, security: SecurityHeaders(isSecure: false),
      logger: Logger(label: "t") { _ in SwiftLogNoOpLogHandler() })
    try channel.pipeline.syncOperations.addHandler(handler)
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
  }

  private func begin() throws {
    let request = HTTPRequest(method: .post, scheme: "http", authority: "a", path: "/")
    try channel.writeInbound(HTTPRequestPart.head(request))
  }

  private func answer() throws {
    for part in [HTTPResponsePart.head(.init(status: .ok)), .end(nil)] {
      try channel.writeOutbound(part)
    }
  }

  private func isOpen(after seconds: Int) -> Bool {
    channel.embeddedEventLoop.advanceTime(by: .seconds(Int64(seconds)))
    return channel.isActive
  }

  @Test func `who takes nothing is cut off, who takes something is not`() {
    for isWritable in [false, true, false] {
      channel.isWritable = isWritable
      channel.pipeline.fireChannelWritabilityChanged()
      #expect(isOpen(after: limits.stallSeconds - 1))
    }
    #expect(!isOpen(after: 1))
  }

  @Test func `the rest of a request that was answered must come soon`() throws {
    try begin()
    try answer()
    try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(string: "a")))
    #expect(isOpen(after: limits.restSeconds - 1))
    try channel.writeInbound(HTTPRequestPart.end(nil))
    #expect(isOpen(after: 600))
    try begin()
    try answer()
    #expect(!isOpen(after: limits.restSeconds))
  }

  @Test func `a request that is answered after its end leaves the connection open`() throws {
    try begin()
    try channel.writeInbound(HTTPRequestPart.end(nil))
    try answer()
    #expect(isOpen(after: 600))
  }
}
