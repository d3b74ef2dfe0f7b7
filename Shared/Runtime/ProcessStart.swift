import Foundation
public import Logging

/// What every process of ours that serves does first.
public enum ProcessStart {
  /// Descriptors that the process may have, when whoever started it allows so many: each connection
  /// is one, and a server takes more of them than the usual limit of 1024.
  private static let descriptorsMax: rlim_t = 16 * 1024

  /// Sets up logging, no core dumps, no SIGPIPE, nothing meant for this process alone in the
  /// environment. Called once.
  ///
  /// - Returns: A logger that writes one line of JSON per event to standard error.
  public static func prepare(_ service: String, _ level: Logger.Level) -> Logger {
    Supervisor.unsetEnvironment()
    LoggingSystem.bootstrap { _ in JSONLogHandler(service: service, level: level) }
    signal(SIGPIPE, SIG_IGN)
    var noCore = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(4), &noCore)
    allowDescriptors()
    return Logger(label: service)
  }

  private static func allowDescriptors() {
    let kind = __rlimit_resource_t(7)
    var limit = rlimit()
    guard getrlimit(kind, &limit) == 0, limit.rlim_cur < descriptorsMax else { return }
    limit.rlim_cur = min(limit.rlim_max, descriptorsMax)
    setrlimit(kind, &limit)
  }
}
