import Contract
import Foundation

extension ProcessStatistics {
  /// What the kernel says of this process.
  ///
  /// Source: proc(5), getrusage(2).
  init(service: String, startedAt: Date) {
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    var files = rlimit()
    getrlimit(__rlimit_resource_t(7), &files)
    self.init(
      service: service,
      startedAt: Timestamp(milliseconds: Int64(startedAt.timeIntervalSince1970 * 1000)),
      uptimeMilliseconds: Int64(max(0, Date().timeIntervalSince(startedAt)) * 1000),
      cpuMilliseconds: Self.milliseconds(usage.ru_utime) + Self.milliseconds(usage.ru_stime),
      residentBytes: Self.residentBytes(), openFiles: Self.openFiles(),
      openFilesMax: Int64(clamping: files.rlim_cur))
  }

  private static func milliseconds(_ time: timeval) -> Int64 {
    Int64(time.tv_sec) * 1000 + Int64(time.tv_usec) / 1000
  }

  /// The second number of /proc/self/statm, in pages; 0 when it cannot be read.
  private static func residentBytes() -> Int64 {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else {
      return 0
    }
    let numbers = text.split(separator: " ")
    guard numbers.count > 1, let pages = Int64(numbers[1]) else { return 0 }
    return pages * Int64(sysconf(Int32(_SC_PAGESIZE)))
  }

  /// The descriptor that the listing itself needs is not counted.
  private static func openFiles() -> Int64 {
    let names = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
    return Int64(max(0, (names?.count ?? 0) - 1))
  }
}
