import Foundation
import Support
import Synchronization
import Testing

@testable import RPC

/// The files behind the second listener: what is wrong with them, and what happens when they change.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct TLSFilesTests {
  @Test func `everything that is wrong is told at once`() async throws {
    try await ScratchFolder.with { folder in
      let authority = try Authority("ca", in: folder.path)
      let one = try authority.issue("one", names: ["DNS:one.example"])
      let files = TLSFiles(
        certificate: "\(folder.path)/none.pem", key: one.key, authority: one.key)
      #expect(chmod(one.key, 0o644) == 0)
      #expect(
        files.problems() == [
          "cannot read \(folder.path)/none.pem: No such file or directory",
          "\(one.key) holds no certificate in PEM",
          "\(one.key) has mode 0644, so that everyone can reach it; chmod 0600 it",
        ])
      #expect(chmod(one.key, 0o640) == 0)
      let right = TLSFiles(
        certificate: one.certificate, key: one.key, authority: authority.certificate)
      #expect(right.problems() == [])
    }
  }

  @Test func `another certificate's key and an expired certificate are named`() async throws {
    try await ScratchFolder.with { folder in
      let authority = try Authority("ca", in: folder.path)
      let one = try authority.issue("one", names: ["DNS:one.example"])
      let two = try authority.issue("two", names: ["DNS:two.example"])
      let mixed = TLSFiles(
        certificate: one.certificate, key: two.key, authority: authority.certificate)
      #expect(
        mixed.problems() == [
          "the key in \(two.key) is not that of the certificate in \(one.certificate)"
        ])
      let old = try authority.issue("old", names: ["DNS:old.example"], days: -1)
      let expired = TLSFiles(
        certificate: old.certificate, key: old.key, authority: authority.certificate)
      #expect(expired.problems() == ["the certificate in \(old.certificate) has expired"])
    }
  }

  @Test func `a key that everyone can read stops the start`() async throws {
    try await ScratchFolder.with { folder in
      let authority = try Authority("ca", in: folder.path)
      let own = try authority.issue("own", names: ["DNS:own.example"])
      #expect(chmod(own.key, 0o604) == 0)
      var configuration = RPCServer.Configuration()
      configuration.tls = TLSListening(
        host: "127.0.0.1", port: 0,
        files: TLSFiles(
          certificate: own.certificate, key: own.key, authority: authority.certificate))
      let error = await #expect(throws: RPCServer.StartFailure.self) {
        try await RPCServer.start(
          socketPath: folder.socketPath, services: [], configuration: configuration,
          logger: Served.quiet)
      }
      #expect(error?.description.contains("\(own.key) has mode 0604") == true)
      #expect(!FileManager.default.fileExists(atPath: folder.socketPath))
    }
  }

  @Test func `new files are used by new connections, and no call fails`() async throws {
    try await TLSWorld.with(["Echo": echo]) { world async throws in
      let peer = try world.authority.issue("peer", names: ["DNS:orders.example"])
      let load = Load()
      try await world.calling(as: peer) { client async throws in
        async let calls: Void = load.goOn(client)
        _ = try await eventually("calls are answered") { load.done > 20 ? true : nil }
        _ = try world.authority.issue("server", names: ["DNS:renewed.example"])
        try await world.calling(as: peer, expecting: "renewed.example") { renewed async throws in
          _ = try await eventually("the new certificate is shown") {
            (try? await renewed.text("Echo", "new")) == "new" ? true : nil
          }
        }
        let before = load.done
        _ = try await eventually("calls go on") { load.done > before + 20 ? true : nil }
        load.stop()
        await calls
        #expect(load.failures == [])
      }
      // Who connects now and expects the old name is disappointed.
      try await world.calling(as: peer) { client async throws in
        #expect(await failure { try await client.text("Echo") }?.code == .unavailable)
      }
    }
  }

  @Test func `broken files do not take the place of good ones, and the log says so`() async throws {
    try await TLSWorld.with(["Echo": echo]) { world async throws in
      let peer = try world.authority.issue("peer", names: ["DNS:orders.example"])
      try Data("half a certif".utf8).write(
        to: URL(fileURLWithPath: "\(world.folder)/server.pem"))
      _ = try await eventually("the log says so") {
        world.log.all.contains {
          $0.hasPrefix("error TLS files cannot be used; those from before stay")
            && $0.contains("server.pem holds no certificate in PEM")
        } ? true : nil
      }
      try await world.calling(as: peer) { client async throws in
        #expect(try await client.text("Echo", "still") == "still")
      }
      _ = try world.authority.issue("server", names: ["DNS:server.example"])
      _ = try await eventually("the mended files are taken") {
        world.log.all.contains { $0.hasPrefix("info TLS files taken") } ? true : nil
      }
      try await world.calling(as: peer) { client async throws in
        #expect(try await client.text("Echo", "again") == "again")
      }
      #expect(world.log.all.count { $0.hasPrefix("error") } == 1)
    }
  }

  @Test func `a client that lost its connection comes back with its new certificate`() async throws
  {
    try await TLSWorld.with(["Echo": echo]) { world async throws in
      let peer = try world.authority.issue("peer", names: ["DNS:stranger.example"])
      try await world.calling(as: peer) { client async throws in
        #expect(await failure { try await client.text("Echo") }?.code == .unavailable)
        _ = try world.authority.issue("peer", names: ["DNS:orders.example"])
        _ = try await eventually("it is let in") {
          (try? await client.text("Echo", "in")) == "in" ? true : nil
        }
      }
    }
  }
}

/// Callers that call one after the other until told to stop.
private final class Load: Sendable {
  private struct State {
    var done = 0
    var failures: [String] = []
    var isStopped = false
  }

  private let state = Mutex(State())

  var done: Int { state.withLock(\.done) }
  var failures: [String] { state.withLock(\.failures) }
  func stop() { state.withLock { $0.isStopped = true } }

  func goOn(_ client: RPCClient) async {
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          while !self.state.withLock(\.isStopped), !Task.isCancelled { await self.call(client) }
        }
      }
    }
  }

  private func call(_ client: RPCClient) async {
    do {
      _ = try await client.text("Echo", "load")
      state.withLock { $0.done += 1 }
    } catch {
      state.withLock { $0.failures.append("\(error)") }
    }
  }
}
