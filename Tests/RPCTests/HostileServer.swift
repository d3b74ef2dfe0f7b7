import Foundation
import Synchronization
import Testing

@testable import RPC

/// A server that says what no server should.
struct HostileServer: Sendable, CustomTestStringConvertible {
  let testDescription: String
  /// How a call may end.
  let codes: Set<StatusCode>
  /// Said at once.
  var first = RawFrame.settings()
  /// Whether the call is waited for before the rest is said.
  var awaitsCall = true
  var then: [UInt8] = []
  /// Said again and again, until the client hangs up.
  var flood: [UInt8] = []

  static let floodTurns = 20_000

  /// Serves one connection.
  func serve(_ peer: RawSocket) {
    defer { peer.end() }
    peer.limitWaits(seconds: 5)
    peer.send(first)
    if awaitsCall {
      _ = peer.readFrames(skipping: RawSocket.preface.count) { frames in
        frames.contains { $0.type == RawFrame.headers }
      }
    }
    guard peer.send(then) else { return }
    if !flood.isEmpty {
      for _ in 0..<Self.floodTurns {
        guard peer.send(flood) else { return }
        _ = peer.readWithoutWaiting()
      }
    }
    _ = peer.readToEnd()
  }

  /// Runs a body while connections at the path are served.
  func with(_ path: String, _ body: () async throws -> Void) async throws {
    let listener = try RawListener(path)
    defer { listener.end() }
    Thread.detachNewThread {
      while let peer = listener.accept() { Thread.detachNewThread { self.serve(peer) } }
    }
    try await body()
  }
}

/// A listening socket without a server.
struct RawListener: Sendable {
  private let file: Int32

  init(_ path: String) throws {
    file = try RawSocket.open(path) { bind($0, $1, $2) }
    listen(file, 64)
  }

  /// Waits for a peer; nil after the end.
  func accept() -> RawSocket? {
    let peer = Foundation.accept(file, nil, nil)
    return peer >= 0 ? RawSocket(file: peer) : nil
  }

  func end() {
    shutdown(file, Int32(SHUT_RDWR))
    close(file)
  }
}
