import Contract
import Foundation
import Support
import Testing

private let activator = "/usr/bin/systemd-socket-activate"

/// A service that is stopped and started while it is called.
@Suite(.serialized, .timeLimit(.minutes(2))) struct RestartTests {
  @Test func `a service with a socket file of its own is missed only while nobody listens`()
    async throws
  {
    try await Cluster.with(start: [.ledger]) { cluster in
      let funding = Funding(cluster)
      async let calls: Void = funding.goOn()
      for _ in 0..<2 {
        let before = funding.done
        _ = try await eventually("calls are answered") { funding.done > before + 20 ? true : nil }
        let stopped = try #require(await cluster.stop(.ledger))
        print("under load the ledger stops in \(stopped.took)")
        #expect(stopped.exit == Program.Exit(status: 0, bySignal: false))
        #expect(stopped.took < Program.atOnce)
        try await cluster.start(.ledger)
      }
      let before = funding.done
      _ = try await eventually("calls are answered") { funding.done > before + 20 ? true : nil }
      funding.stop()
      await calls
      print("failed calls of \(funding.done): \(funding.failures)")
      // No call was lost half way: each either ran, or found nobody.
      #expect(Set(funding.failures.keys).isSubset(of: ["NOT_LISTENING"]))
      let balance = try await cluster.ledger.trialBalance(
        .init(environment: .sandbox, currency: ""), options: Shop.asOperator)
      #expect(balance.entries == Int64(funding.done))
    }
  }

  /// Takes the five seconds that a drain may take.
  @Test func `a service stops at once when idle, and in time beside a request that never ends`()
    async throws
  {
    try await Cluster.with(start: [.ledger]) { cluster in
      let idle = try #require(await cluster.stop(.ledger))
      try await cluster.start(.ledger)
      let peer = try HalfRequest("\(cluster.runDirectory)/ledger.sock")
      let held = try #require(await cluster.stop(.ledger))
      peer.end()
      print("the ledger stops in \(idle.took), beside half a request in \(held.took)")
      #expect(idle.took < Program.atOnce)
      #expect(held.took > Program.atOnce && held.took < .seconds(5) + Program.atOnce)
      for exit in [idle.exit, held.exit] {
        #expect(exit == Program.Exit(status: 0, bySignal: false))
      }
      #expect(cluster.logs().contains("calls were cancelled at the end of the drain"))
    }
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: activator)))
  func `systemd starts a service with the first call, and hands it the socket`() async throws {
    try await Cluster.with(start: []) { cluster in
      let path = "\(cluster.runDirectory)/ledger.sock"
      let process = Process()
      process.executableURL = URL(fileURLWithPath: activator)
      process.arguments =
        ["--listen=\(path)"] + cluster.environment.map { "--setenv=\($0.key)=\($0.value)" }
        + ["\(Program.binaries)/ledger"]
      let log = "\(cluster.directory)/log/ledger.log"
      _ = FileManager.default.createFile(atPath: log, contents: nil)
      let output = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
      process.standardOutput = output
      process.standardError = output
      try process.run()
      defer { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
      _ = try await eventually("systemd listens") {
        FileManager.default.fileExists(atPath: path) ? true : nil
      }
      #expect(!cluster.logs().contains("serving"))
      let balance = try await cluster.ledger.trialBalance(
        .init(environment: .sandbox, currency: ""), options: Shop.asOperator)
      #expect(balance.entries == 0)
      #expect(cluster.logs().contains("serving"))
      process.terminate()
      process.waitUntilExit()
      #expect(process.terminationReason == .exit && process.terminationStatus == 0)
      #expect(FileManager.default.fileExists(atPath: path), "the socket is systemd's")
    }
  }
}

/// A peer that has begun a call and leaves it there.
private struct HalfRequest {
  private struct Failure: Error {}

  private let file: Int32

  /// Returns once the service has said its settings.
  init(_ path: String) throws {
    file = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let file = file
    let code = withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(file, $0, size) }
    }
    guard code == 0 else { throw Failure() }
    let fields = [
      (":method", "POST"), (":scheme", "http"), (":authority", "x"),
      (":path", "/dropwire.ledger.v1.Ledger/TrialBalance"), ("content-type", "application/grpc"),
    ]
    let block: [UInt8] = fields.flatMap { name, value -> [UInt8] in
      [0, UInt8(name.utf8.count)] + Array(name.utf8) + [UInt8(value.utf8.count)]
        + Array(value.utf8)
    }
    let opening =
      Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0]
      + [0, 0, UInt8(block.count), 1, 4, 0, 0, 0, 1] + block
    guard write(file, opening, opening.count) == opening.count else { throw Failure() }
    // SETTINGS, and one more for ours, which came before the request.
    var seen: [UInt8] = []
    while !seen.suffix(9).elementsEqual([0, 0, 0, 4, 1, 0, 0, 0, 0]) {
      var byte: UInt8 = 0
      guard read(file, &byte, 1) == 1 else { throw Failure() }
      seen.append(byte)
    }
  }

  func end() { close(file) }
}
