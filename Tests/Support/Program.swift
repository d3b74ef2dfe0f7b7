import Foundation
import Synchronization

/// One of the built programs as a real process, with its output kept in a log file.
///
/// **Invariant:** a program that a test started does not outlive the test: `Cluster` ends them all.
public final class Program: Sendable {
  /// The longest end that is an end at once, on a machine with other things to do: a call that holds
  /// it up does so for five seconds.
  public static let atOnce = Duration.seconds(4)

  /// How a program ended.
  public struct Exit: Sendable, Equatable {
    /// The exit code, or the signal that ended it.
    public let status: Int32
    public let bySignal: Bool

    public init(status: Int32, bySignal: Bool) {
      self.status = status
      self.bySignal = bySignal
    }
  }

  public enum Failure: Error, CustomStringConvertible {
    case notBuilt(String)
    case notReady(String, log: String)

    public var description: String {
      switch self {
      case .notBuilt(let path): "\(path) does not exist; run compose/test"
      case .notReady(let name, let log): "\(name) did not become ready; its log:\n\(log)"
      }
    }
  }

  public let name: String
  public let logPath: String
  public let processID: Int32
  private let process: Mutex<Process>
  private let ended: AsyncStream<Exit>
  private let exit = Mutex<Exit?>(nil)
  private let logStart: UInt64

  /// The folder of the built programs: where this test binary is.
  public static let binaries: String = {
    if let named = ProcessInfo.processInfo.environment["DROPWIRE_TEST_BINARIES"] { return named }
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    let folder = (own as NSString).deletingLastPathComponent
    if FileManager.default.fileExists(atPath: "\(folder)/orders") { return folder }
    return "\(packageRoot)/.build/debug"
  }()

  /// The folder of Package.swift.
  public static let packageRoot: String = {
    var url = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { url.deleteLastPathComponent() }
    return url.path
  }()

  /// Starts a program; its standard output and error go to `logPath`, appended.
  public init(
    _ name: String, as user: OtherUser? = nil, arguments: [String] = [],
    environment: [String: String], logPath: String
  ) throws {
    let path = "\(Self.binaries)/\(name)"
    guard FileManager.default.isExecutableFile(atPath: path) else { throw Failure.notBuilt(path) }
    self.name = name
    self.logPath = logPath
    if !FileManager.default.fileExists(atPath: logPath) {
      _ = FileManager.default.createFile(atPath: logPath, contents: nil)
    }
    let log = try FileHandle(forUpdating: URL(fileURLWithPath: logPath))
    logStart = try log.seekToEnd()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: user == nil ? path : OtherUser.program)
    process.arguments = (user.map { $0.words + [path] } ?? []) + arguments
    process.environment = environment
    process.standardOutput = log
    process.standardError = log
    process.standardInput = FileHandle.nullDevice
    let (ended, report) = AsyncStream<Exit>.makeStream()
    self.ended = ended
    process.terminationHandler = { process in
      report.yield(
        Exit(
          status: process.terminationStatus,
          bySignal: process.terminationReason == .uncaughtSignal))
      report.finish()
    }
    try process.run()
    self.processID = process.processIdentifier
    self.process = Mutex(process)
  }

  /// Everything it has printed and logged so far, of this start and those before.
  public var log: String { (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? "" }

  /// What it has printed and logged since this start.
  public var ownLog: String {
    guard let file = FileHandle(forReadingAtPath: logPath) else { return "" }
    defer { try? file.close() }
    try? file.seek(toOffset: logStart)
    return String(decoding: (try? file.readToEnd()) ?? Data(), as: UTF8.self)
  }

  /// Waits for the line `ready ...` and answers what follows it.
  public func ready(within timeout: Duration = .seconds(20)) async throws -> String {
    let deadline = ContinuousClock.now + timeout
    while ContinuousClock.now < deadline {
      let line = ownLog.split(separator: "\n").first { $0.hasPrefix("ready ") }
      if let line { return String(line.dropFirst(6)) }
      try await Task.sleep(for: .milliseconds(5))
    }
    throw Failure.notReady(name, log: ownLog)
  }

  /// Sends a signal.
  public func signal(_ number: Int32) {
    kill(processID, number)
  }

  /// Waits for its end.
  public func waitForExit() async -> Exit {
    if let known = exit.withLock({ $0 }) { return known }
    for await end in ended {
      exit.withLock { $0 = end }
      return end
    }
    return exit.withLock { $0 } ?? Exit(status: -1, bySignal: false)
  }

  /// SIGKILL, and waits for the end.
  public func killNow() async {
    signal(SIGKILL)
    _ = await waitForExit()
  }

  /// Runs a program to its end, and gives how it ended and what it printed.
  public static func output(
    of path: String, _ arguments: [String], _ environment: [String: String]
  ) throws -> (status: Int32, text: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.environment = environment
    process.currentDirectoryURL = URL(fileURLWithPath: "/")
    process.standardInput = FileHandle.nullDevice
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: text, as: UTF8.self))
  }
}
