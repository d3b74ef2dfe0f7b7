import Foundation

@testable import Sandbox

/// A world over real sockets, asked byte by byte.
enum Served {
  /// Serves while the body runs.
  static func run(_ world: World = World(), _ body: (UInt16) async throws -> Void) async throws {
    let (ports, ready) = AsyncStream<Int>.makeStream()
    let server = Task {
      try await SandboxServer(world: world).run(port: 0) { ready.yield($0) }
    }
    defer { server.cancel() }
    for await port in ports {
      try await body(UInt16(port))
      break
    }
  }

  static func post(_ path: String, _ body: String, to port: UInt16) async -> String {
    await send(
      "POST \(path) HTTP/1.1\r\nContent-Type: application/json\r\n"
        + "Content-Length: \(body.utf8.count)", body, to: port)
  }

  /// Sends a request and reads until the other side closes, on a thread that may wait.
  static func send(_ head: String, _ body: String = "", to port: UInt16) async -> String {
    let connection = open(head, body, to: port)
    defer { close(connection) }
    return await withCheckedContinuation { continuation in
      Thread.detachNewThread { continuation.resume(returning: text(from: connection)) }
    }
  }

  /// Sends a request, whose answer is read from the descriptor.
  static func open(_ head: String, _ body: String = "", to port: UInt16) -> Int32 {
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

  private static func text(from connection: Int32) -> String {
    var text: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(connection, &piece, piece.count)
      guard count > 0 else { return String(decoding: text, as: UTF8.self) }
      text += piece[..<count]
    }
  }
}
