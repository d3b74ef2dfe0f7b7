import Foundation
import Testing

@testable import Sandbox

/// The world over real sockets.
@Suite struct ServerTests {
  @Test func `answers arrive whole, cut or not at all, and the connection serves on`() async throws
  {
    try await serving { port in
      let whole = await send("GET /control/settings HTTP/1.1", to: port)
      #expect(whole.hasPrefix("HTTP/1.1 200 OK") && whole.hasSuffix("}"))
      _ = await post(
        "/control/faults", #"{"name":"paypal.answerLost","match":"ORDER-A"}"#, to: port)
      _ = await post("/control/faults", #"{"name":"paypal.answerCut","match":"ORDER-B"}"#, to: port)
      let lost = await send("GET /paypal/v2/checkout/orders/ORDER-A HTTP/1.1", to: port)
      #expect(lost.isEmpty)
      let cut = await send("GET /paypal/v2/checkout/orders/ORDER-B HTTP/1.1", to: port)
      #expect(cut.hasPrefix("HTTP/1.1 401") && !cut.hasSuffix("}"))
      let refused = await post("/control/faults", #"{"name":"nonsense"}"#, to: port)
      #expect(refused.hasPrefix("HTTP/1.1 400"))
      let page = await send("GET /paypal/checkoutnow?token=NONE HTTP/1.1", to: port)
      #expect(page.hasPrefix("HTTP/1.1 404") && page.contains("text/html"))
    }
  }

  @Test func `a late answer holds up no other`() async throws {
    try await serving { port in
      _ = await post(
        "/control/faults", #"{"name":"paypal.slow","delayMilliseconds":60000}"#, to: port)
      let late = open("GET /paypal/v2/checkout/orders/X HTTP/1.1", to: port)
      defer { close(late) }
      // The late answer is under way once its fault has struck.
      while await !send("GET /control/faults HTTP/1.1", to: port).hasSuffix("[]") {}
      let next = await send("GET /paypal/v2/checkout/orders/X HTTP/1.1", to: port)
      #expect(next.hasPrefix("HTTP/1.1 401"))
    }
  }

  private func serving(_ body: (UInt16) async throws -> Void) async throws {
    let (ports, ready) = AsyncStream<Int>.makeStream()
    let server = Task {
      try await SandboxServer(world: World()).run(port: 0) { ready.yield($0) }
    }
    defer { server.cancel() }
    for await port in ports {
      try await body(UInt16(port))
      break
    }
  }

  private func post(_ path: String, _ body: String, to port: UInt16) async -> String {
    await send(
      "POST \(path) HTTP/1.1\r\nContent-Type: application/json\r\n"
        + "Content-Length: \(body.utf8.count)", body, to: port)
  }

  /// Sends a request and reads until the other side closes, on a thread that may wait.
  private func send(_ head: String, _ body: String = "", to port: UInt16) async -> String {
    let connection = open(head, body, to: port)
    defer { close(connection) }
    return await withCheckedContinuation { continuation in
      Thread.detachNewThread { continuation.resume(returning: Self.text(from: connection)) }
    }
  }

  private static func text(from connection: Int32) -> String {
    var text: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(connection, &piece, piece.count)
      guard count > 0 else { return String(decoding: text, as: UTF8.self) }
      text += piece[..<count]
    }
  }

  private func open(_ head: String, _ body: String = "", to port: UInt16) -> Int32 {
    let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    precondition(connected == 0)
    let text = head + "\r\nHost: localhost\r\nConnection: close\r\n\r\n" + body
    precondition(write(connection, text, text.utf8.count) == text.utf8.count)
    return connection
  }
}
