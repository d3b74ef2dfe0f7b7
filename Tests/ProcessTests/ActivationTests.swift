import Contract
import Foundation
import Support
import Testing

/// A service whose socket listens without it, as systemd's do.
@Suite(.serialized, .timeLimit(.minutes(3))) struct ActivationTests {
  @Test(arguments: [true, false])
  func `a service is started again and again, and no call fails`(_ isIdempotent: Bool) async throws
  {
    try await Cluster.with(start: []) { cluster in
      let supervised = try Supervised(cluster)
      defer { supervised.end() }
      let funding = Funding(cluster, isIdempotent: isIdempotent)
      async let calls: Void = funding.goOn()
      for _ in 0..<3 {
        let process = try supervised.start()
        try await supervised.expect("READY=1")
        let before = funding.done
        _ = try await eventually("calls are answered") { funding.done > before + 20 ? true : nil }
        process.terminate()
        try await supervised.expect("STOPPING=1")
        process.waitUntilExit()
        #expect(process.terminationReason == .exit && process.terminationStatus == 0)
        #expect(FileManager.default.fileExists(atPath: supervised.socketPath))
      }
      try supervised.start()
      try await supervised.expect("READY=1")
      funding.stop()
      await calls
      #expect(funding.failures == [:])
      let balance = try await cluster.ledger.trialBalance(
        .init(environment: .sandbox, currency: ""), options: Shop.asOperator)
      #expect(balance.entries == Int64(funding.done))
    }
  }

  @Test func `a service that cannot serve at its socket says why and ends with 1`() async throws {
    try await Cluster.with(start: [.ledger]) { cluster in
      let first = try #require(cluster.program(.ledger))
      let second = try cluster.spawn(
        .ledger, environment: ["DROPWIRE_STATE_DIR": "\(cluster.directory)/other"])
      #expect(await second.waitForExit() == Program.Exit(status: 1, bySignal: false))
      let reason =
        "ledger: cannot start: already running, pid \(first.processID), "
        + "at \(cluster.runDirectory)/ledger.sock"
      #expect(second.ownLog.contains(reason), "\(second.ownLog)")
      await first.killNow()
    }
  }
}

/// Does what systemd does for the ledger: keeps its socket, passes it on, and listens to what the
/// service says of itself.
private final class Supervised {
  private struct Failure: Error { let call: String }

  let socketPath: String
  private let noticePath: String
  private let cluster: Cluster
  private let socket: Int32
  private let notices: Int32
  /// Nothing of it outlives the test.
  private var started: [Process] = []

  init(_ cluster: Cluster) throws {
    self.cluster = cluster
    socketPath = "\(cluster.runDirectory)/ledger.sock"
    noticePath = "\(cluster.runDirectory)/notices"
    socket = try Self.bound(socketPath, SOCK_STREAM)
    notices = try Self.bound(noticePath, SOCK_DGRAM)
    guard listen(socket, 64) == 0 else { throw Failure(call: "listen") }
  }

  func end() {
    for process in started where process.isRunning {
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }
    close(socket)
    close(notices)
  }

  /// The shell puts the socket in its place, and becomes the service.
  @discardableResult
  func start() throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [
      "-c", "LISTEN_FDS=1 LISTEN_PID=$$ exec \"$0\" 3<&0 0</dev/null",
      "\(Program.binaries)/ledger",
    ]
    process.environment = cluster.environment.merging(["NOTIFY_SOCKET": noticePath]) { $1 }
    process.standardInput = FileHandle(fileDescriptor: socket)
    let log = "\(cluster.directory)/log/ledger.log"
    if !FileManager.default.fileExists(atPath: log) {
      _ = FileManager.default.createFile(atPath: log, contents: nil)
    }
    let output = try FileHandle(forUpdating: URL(fileURLWithPath: log))
    try output.seekToEnd()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    started.append(process)
    return process
  }

  /// Waits for the service's next notice.
  func expect(_ notice: String) async throws {
    let next = try await eventually("the notice \(notice)") { () -> String? in
      var bytes = [UInt8](repeating: 0, count: 256)
      let count = recv(notices, &bytes, bytes.count, Int32(MSG_DONTWAIT))
      return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
    }
    #expect(next == notice)
  }

  private static func bound(_ path: String, _ type: __socket_type) throws -> Int32 {
    let file = Foundation.socket(AF_UNIX, Int32(type.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let code = withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(file, $0, size) }
    }
    guard file >= 0, code == 0 else { throw Failure(call: "bind") }
    return file
  }
}
