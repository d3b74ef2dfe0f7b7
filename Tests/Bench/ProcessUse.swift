import Foundation

/// What a process has used so far, read from /proc.
struct ProcessUse {
  /// User and system time in seconds.
  let cpuSeconds: Double
  /// Resident memory in MiB.
  let residentMebibytes: Double

  init(of processID: Int32) {
    let stat = (try? String(contentsOfFile: "/proc/\(processID)/stat", encoding: .utf8)) ?? ""
    let fields = (stat.split(separator: ")").last ?? "").split(separator: " ")
    let ticks = fields.count > 12 ? (Double(fields[11]) ?? 0) + (Double(fields[12]) ?? 0) : 0
    cpuSeconds = ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    let status = (try? String(contentsOfFile: "/proc/\(processID)/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
    residentMebibytes = (Double(line.split(separator: " ").dropFirst().first ?? "") ?? 0) / 1024
  }
}
