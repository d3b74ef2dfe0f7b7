import Contract
import Foundation
import RPC
import Support
import Testing

/// How a service starts, stops, and what it leaves behind.
@Suite(.serialized) struct ServiceLifeTests {
  @Test func `each service stops on SIGTERM with 0 at once and starts again`() async throws {
    try await Cluster.with { cluster in
      for service in Cluster.ServiceName.allCases {
        let stopped = try #require(await cluster.stop(service))
        #expect(stopped.exit == Program.Exit(status: 0, bySignal: false), "\(service)")
        #expect(stopped.took < Program.atOnce, "\(service) took \(stopped.took)")
        #expect(!FileManager.default.fileExists(atPath: "\(cluster.runDirectory)/\(service).sock"))
        try await cluster.start(service)
      }
      #expect(!cluster.logs().contains("\"level\":\"error\""))
    }
  }

  @Test func `a service that crashes leaves no core dump, whoever asks for one`() async throws {
    try await Cluster.with { cluster in
      for service in Cluster.ServiceName.allCases {
        let processID = try #require(cluster.program(service)).processID
        let limits = try String(contentsOfFile: "/proc/\(processID)/limits", encoding: .utf8)
        let core = limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") }
        let words = core?.split(separator: " ").suffix(3) ?? []
        #expect(words.elementsEqual(["0", "0", "bytes"]), "\(service): \(core ?? "")")
      }
    }
  }

  @Test func `a service opens no TCP port and keeps its descriptors`() async throws {
    try await Cluster.with { cluster in
      let shop = try await Shop(in: cluster)
      try await shop.sell("warm")
      try await shop.finished("warm")
      let listening = try Self.listeningInodes()
      #expect(!listening.isEmpty, "the sandbox listens, so there is at least one")
      for service in Cluster.ServiceName.allCases {
        let program = try #require(cluster.program(service))
        let sockets = try Self.socketInodes(of: program.processID)
        #expect(!sockets.isEmpty)
        #expect(sockets.isDisjoint(with: listening), "\(service) listens on a TCP port")
      }
      let ledger = try #require(cluster.program(.ledger))
      let before = try Self.descriptors(of: ledger.processID).count
      for number in 0..<20 {
        try await shop.sell("more-\(number)")
        try await shop.finished("more-\(number)")
      }
      let after = try Self.descriptors(of: ledger.processID).count
      #expect(after <= before + 8, "descriptors grew from \(before) to \(after)")
    }
  }

  @Test(arguments: ["orders", "purchasing", "ledger"])
  func `a service is linked against libprotobuf-c and libsqlite3`(_ name: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/ldd")
    process.arguments = ["\(Program.binaries)/\(name)"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(
      decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(text.contains("libprotobuf-c.so"))
    #expect(text.contains("libsqlite3.so"))
    #expect(text.contains("libnghttp2.so"))
  }

  @Test func `a second process on the same socket and database is refused`() async throws {
    try await Cluster.with { cluster in
      let first = try #require(cluster.program(.ledger))
      let second = try cluster.spawn(.ledger)
      let exit = await second.waitForExit()
      #expect(exit.status != 0 && !exit.bySignal)
      #expect(second.ownLog.contains("ledger.db"), "\(second.ownLog)")
      _ = try await cluster.ledger.trialBalance(
        .init(environment: .sandbox, currency: ""), options: Shop.asOperator)
      await first.killNow()
    }
  }

  @Test func `a database file that is not ours or newer is refused and kept`() async throws {
    try await Cluster.with(start: []) { cluster in
      let path = "\(cluster.stateDirectory)/ledger.db"
      let content = Data("this is a diary, not a database".utf8)
      try content.write(to: URL(fileURLWithPath: path))
      let program = try cluster.spawn(.ledger)
      let exit = await program.waitForExit()
      #expect(exit.status == 1)
      #expect(program.ownLog.contains(path), "\(program.ownLog)")
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == content)
    }
  }

  @Test func `no secret appears in a log, an answer or a database file`() async throws {
    let canary = "canary-7f3a9c1e5b"
    try await Cluster.with { cluster in
      let shop = try await Shop(in: cluster)
      var request = Shop.credentials()
      request.userID = 77
      request.appSecret = "\(canary)-secret"
      request.accessToken = "\(canary)-access"
      request.refreshToken = "\(canary)-refresh"
      let status = try await cluster.credentials.putCredentials(request, options: Shop.asOperator)
      #expect(!status.json(pretty: false).contains(canary))
      _ = try await cluster.orders.putListing(
        Shop.mug("canary", userID: 77), options: Shop.asOperator)
      try await shop.checkout("canary", listing: "canary")
      try await shop.capture("canary")
      let stuck = try await eventually("the order with wrong secrets needs attention") {
        let order = try await shop.order("canary")
        return order.state == .needsAttention ? order : nil
      }
      #expect(!stuck.json(pretty: false).contains(canary))
      for service in Cluster.ServiceName.allCases { await cluster.stop(service) }
      #expect(!cluster.logs().contains(canary))
      for file in try FileManager.default.contentsOfDirectory(atPath: cluster.stateDirectory) {
        let data = try Data(
          contentsOf: URL(fileURLWithPath: "\(cluster.stateDirectory)/\(file)"))
        #expect(data.range(of: Data(canary.utf8)) == nil, "\(file)")
        #expect(data.range(of: Data("sandbox-access-42".utf8)) == nil, "\(file)")
      }
    }
  }

  private static func listeningInodes() throws -> Set<String> {
    var inodes: Set<String> = []
    for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
      let text = (try? String(contentsOfFile: table, encoding: .utf8)) ?? ""
      for line in text.split(separator: "\n").dropFirst() {
        let fields = line.split(separator: " ")
        if fields.count > 9, fields[3] == "0A" { inodes.insert(String(fields[9])) }
      }
    }
    return inodes
  }

  private static func descriptors(of processID: Int32) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/\(processID)/fd").compactMap {
      try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(processID)/fd/\($0)")
    }
  }

  private static func socketInodes(of processID: Int32) throws -> Set<String> {
    Set(
      try descriptors(of: processID).filter { $0.hasPrefix("socket:[") }
        .map { String($0.dropFirst(8).dropLast()) })
  }
}
