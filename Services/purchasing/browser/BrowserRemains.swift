import AsyncHTTPClient
import Foundation
import Logging
import Outside

/// What a process that died left behind: browsers of this machine that run on, sessions at a grid,
/// directories.
///
/// **Invariant:** a process is ended only when it is this user's and one of its arguments names a
/// directory of ours, which nobody else's does. The database's lock keeps a second process of ours
/// away.
struct BrowserRemains: Sendable {
  let directory: String
  let http: HTTPClient
  let logger: Logger

  /// Ends and removes all of it. To be called before any browser is started.
  func clear() async {
    let left = processes()
    for id in left where isOurs(id) { kill(id, SIGKILL) }
    if !left.isEmpty {
      logger.warning("browsers left behind were ended", metadata: ["count": "\(left.count)"])
    }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    let grid = GridSessions(directory: directory, http: http)
    for name in names {
      // What a grid does not end now is tried again before the next browser starts.
      if await grid.end(in: "\(directory)/\(name)") {
        try? FileManager.default.removeItem(atPath: "\(directory)/\(name)")
      } else {
        grid.leave("\(directory)/\(name)")
      }
    }
  }

  /// Processes that have one of our directories among their arguments.
  private func processes() -> [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { Int32($0) }.filter { $0 != getpid() && isOurs($0) }
  }

  private func isOurs(_ id: Int32) -> Bool {
    var entry = stat()
    guard stat("/proc/\(id)", &entry) == 0, entry.st_uid == geteuid(),
      let line = FileManager.default.contents(atPath: "/proc/\(id)/cmdline")
    else { return false }
    return line.split(separator: 0).contains { argument in
      let text = String(decoding: argument, as: UTF8.self)
      return ["--user-data-dir=", "--log-path="].contains { text.hasPrefix("\($0)\(directory)/") }
    }
  }
}
