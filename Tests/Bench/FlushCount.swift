import Foundation

/// Counts the flushes to disk of a process while something runs, with strace.
struct FlushCount {
  private static let strace = "/usr/bin/strace"

  private let process: ChildProcess
  private let path: String

  /// Nil without strace.
  init?(of processID: Int32) throws {
    guard FileManager.default.isExecutableFile(atPath: Self.strace) else { return nil }
    path = "/tmp/dropwire-strace-\(UInt32.random(in: .min ... .max))"
    process = try ChildProcess([
      Self.strace, "-f", "-qq", "-c", "-e", "trace=fdatasync,fsync", "-o", path, "-p",
      String(processID),
    ])
    // Until it has hold of the process.
    let status = "/proc/\(processID)/status"
    while !((try? String(contentsOfFile: status, encoding: .utf8)) ?? "TracerPid:\t1")
      .split(separator: "\n").contains(where: {
        $0.hasPrefix("TracerPid:") && $0 != "TracerPid:\t0"
      })
    {
      usleep(1000)
    }
  }

  /// Lets go of the process; the flushes since the start.
  func end() -> Int {
    process.terminate()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let table = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    // `% time  seconds  usecs/call  calls  [errors]  syscall`
    return table.split(separator: "\n").reduce(0) { sum, line in
      let fields = line.split(separator: " ")
      guard let name = fields.last, name == "fdatasync" || name == "fsync", fields.count > 3 else {
        return sum
      }
      return sum + (Int(fields[3]) ?? 0)
    }
  }
}
