import Foundation
import NIOCore
import Synchronization
import Testing

@testable import RPC

/// A peer that misbehaves, beside one that does not.
///
/// Whatever the first does, the second is served, and the process takes no more memory than is said.
enum Siege {
  /// The longest that an honest call may take meanwhile. The machine of the tests may be busy; who is
  /// shut out waits for the end of the siege, which is twenty seconds away.
  static let patience = Duration.seconds(10)

  /// Runs `abuse` on a thread of its own, and honest calls for as long as it takes.
  ///
  /// - Parameter growthMax: MiB that the process may take in addition, with the abuser's own.
  @discardableResult
  static func run<Value: Sendable>(
    _ name: String, _ served: Served, growthMax: Int,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ abuse: @escaping @Sendable (_ path: String) throws -> Value
  ) async throws -> Value {
    _ = try await served.client.text("Echo", "before")
    let before = Memory.restart()
    let outcome = Mutex<Result<Value, any Error>?>(nil)
    let path = served.path
    Thread.detachNewThread {
      let result = Result { try abuse(path) }
      outcome.withLock { $0 = result }
    }
    var (worst, calls) = (Duration.zero, 0)
    while outcome.withLock({ $0 == nil }) || calls < 10 {
      let begin = ContinuousClock.now
      let answer = try await served.client.text("Echo", "\(calls)")
      worst = max(worst, begin.duration(to: .now))
      #expect(answer == "\(calls)", sourceLocation: sourceLocation)
      calls += 1
    }
    let growth = (Memory.peak() - before) / (1024 * 1024)
    print("\(name): \(calls) honest calls, the longest \(worst), memory +\(growth) MiB")
    #expect(worst < patience, sourceLocation: sourceLocation)
    #expect(growth <= growthMax, sourceLocation: sourceLocation)
    return try #require(outcome.withLock { $0 }).get()
  }

  /// The methods that a besieged server has.
  static func methods(_ more: [String: MethodImplementation] = [:])
    -> [String: MethodImplementation]
  {
    more.merging(["Echo": echo]) { $1 }
  }
}

/// This process's resident set, in bytes.
enum Memory {
  /// Gives back what is free and begins to look for the peak anew. Returns what is in use.
  static func restart() -> Int {
    // The module of glibc does not have it.
    if let trim = dlsym(nil, "malloc_trim") {
      typealias Trim = @convention(c) (Int) -> Int32
      _ = unsafeBitCast(trim, to: Trim.self)(0)
    }
    // The kernel's word for forgetting the peak.
    FileHandle(forWritingAtPath: "/proc/self/clear_refs")?.write(Data("5".utf8))
    return value("VmRSS")
  }

  static func peak() -> Int { value("VmHWM") }

  private static func value(_ name: String) -> Int {
    let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("\(name):") } ?? ""
    let kilobytes = line.split { " \t".contains($0) }.dropFirst().first.flatMap { Int($0) }
    return (kilobytes ?? 0) * 1024
  }
}
