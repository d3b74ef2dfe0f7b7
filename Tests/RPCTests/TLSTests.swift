import Foundation
import NIOCore
import Support
import Synchronization
import Testing

@testable import RPC

/// The second listener: who is let in over TLS, and who is not.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct TLSTests {
  private static let who = MethodImplementation.unary { _, context in
    guard let peer = context.peer else { return ByteBuffer() }
    return ByteBuffer(string: "\(peer.role) \(peer.identity)")
  }

  @Test(arguments: [
    (["DNS:orders.example"], "orders.example"),
    (["DNS:other.example", "URI:spiffe://shop/orders"], "spiffe://shop/orders cert:other.example"),
    ([], "orders-by-common-name"),
  ])
  func `a certificate has its role by its name, and the call knows both`(
    _ names: [String], _ shown: String
  ) async throws {
    try await TLSWorld.with(["Who": Self.who]) { world async throws in
      let peer = try world.authority.issue(
        "peer", names: names, commonName: "orders-by-common-name")
      try await world.calling(as: peer) { client async throws in
        #expect(try await client.text("Who") == "orders cert:\(shown)")
        let error = await failure { try await client.text("Forbidden") }
        #expect(
          error?.message == "the role orders may not call /test.v1.Test/Forbidden; nobody may")
      }
    }
  }

  @Test func `the socket beside it knows its peers by their user, as ever`() async throws {
    try await TLSWorld.with(["Who": Self.who]) { world async throws in
      let client = RPCClient(socketPath: world.socketPath, logger: Served.quiet)
      #expect(try await client.text("Who").hasPrefix("orders uid:\(geteuid()) gid:"))
      await client.close()
    }
  }

  @Test func `a certificate without a rule is closed on, and the log names it`() async throws {
    try await TLSWorld.with(["Who": Self.who]) { world async throws in
      // A common name counts only where there is no other name.
      let peer = try world.authority.issue(
        "peer", names: ["DNS:stranger.example"], commonName: "orders-by-common-name")
      try await world.calling(as: peer) { client async throws in
        let error = await failure { try await client.text("Who") }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("it may not let us in") == true)
      }
      #expect(
        world.log.all.contains {
          $0.contains("peer without a role refused") && $0.contains("cert:stranger.example")
        })
    }
  }

  @Test func `a certificate of another authority is refused`() async throws {
    try await TLSWorld.with(["Who": Self.who]) { world async throws in
      let other = try Authority("other", in: world.folder)
      let peer = try other.issue("peer", names: ["DNS:orders.example"])
      try await world.calling(as: peer) { client async throws in
        #expect(await failure { try await client.text("Who") }?.code == .unavailable)
      }
      _ = try await eventually("the log says why") {
        world.log.all.contains {
          $0.contains("TLS handshake failed") && $0.contains("CERTIFICATE_VERIFY_FAILED")
        } ? true : nil
      }
    }
  }

  @Test func `a certificate that has expired is refused, here and there`() async throws {
    try await TLSWorld.with(["Who": Self.who]) { world async throws in
      let peer = try world.authority.issue("peer", names: ["DNS:orders.example"], days: -1)
      let said = try world.knock(peer)
      #expect(said.contains("alert certificate expired"), "\(said)")
      try await world.calling(as: peer) { client async throws in
        let error = await failure { try await client.text("Who") }
        #expect(error?.message.contains("has expired") == true, "\(String(describing: error))")
      }
    }
  }

  @Test func `a peer without a certificate is refused`() async throws {
    try await TLSWorld.with(["Who": Self.who]) { world async throws in
      let said = try world.knock(nil)
      #expect(said.contains("alert certificate required"), "\(said)")
    }
  }

  @Test func `HTTP/2 without TLS is refused, and a peer that speaks something else in TLS`()
    async throws
  {
    try await TLSWorld.with(["Who": Self.who]) { world async throws in
      let socket = try RawSocket(port: world.port)
      defer { socket.end() }
      socket.send(RawSocket.preface + RawSocket.settings)
      // At most an alert of TLS; no frame.
      #expect(socket.readToEnd().count < 9)
      let peer = try world.authority.issue("peer", names: ["DNS:orders.example"])
      let said = try world.knock(peer, speaking: "http/1.1")
      #expect(!said.contains("ALPN protocol: http/1.1"), "\(said)")
      _ = try await eventually("the log says why") {
        world.log.all.count { $0.contains("TLS handshake failed") } >= 1 ? true : nil
      }
    }
  }

  @Test func `the client refuses a server of another name or another authority`() async throws {
    try await TLSWorld.with(["Who": Self.who]) { world async throws in
      let peer = try world.authority.issue("peer", names: ["DNS:orders.example"])
      let other = try Authority("other", in: world.folder)
      for (name, authority, reason) in [
        ("other.example", world.authority, "Couldn't find other.example in certificate"),
        ("server.example", other, "CERTIFICATE_VERIFY_FAILED"),
      ] {
        try await world.calling(as: peer, expecting: name, from: authority) { client in
          let error = await failure { try await client.text("Who") }
          #expect(error?.code == .unavailable)
          #expect(error?.message.contains(reason) == true, "\(String(describing: error))")
        }
      }
    }
  }

  @Test func `many calls, large messages and streams go over TLS`() async throws {
    let count = MethodImplementation.serverStreaming { _, _, writer in
      for number in 0..<1000 { try await writer.write(ByteBuffer(string: "\(number)")) }
    }
    try await TLSWorld.with(["Echo": echo, "Count": count]) { world async throws in
      let peer = try world.authority.issue("peer", names: ["DNS:orders.example"])
      try await world.calling(as: peer) { client async throws in
        let large = ByteBuffer(repeating: 7, count: 4 * 1024 * 1024)
        #expect(try await client.call("Echo", large) == large)
        try await withThrowingTaskGroup(of: Void.self) { group in
          for number in 0..<500 {
            group.addTask {
              let text = try await client.text("Echo", "\(number)")
              #expect(text == "\(number)")
            }
          }
          try await group.waitForAll()
        }
        var seen = 0
        for try await message in client.stream("Count") {
          #expect(String(buffer: message) == "\(seen)")
          seen += 1
        }
        #expect(seen == 1000)
      }
    }
  }
}
