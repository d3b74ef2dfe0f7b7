import Foundation
import Money
import Presentation
import RPC

/// Why a verb ended badly: one clear sentence for a person and a status for a script.
struct Complaint: Error, Hashable {
  let status: ExitStatus
  let text: String

  init(_ status: ExitStatus, _ text: String) {
    self.status = status
    self.text = text
  }

  /// What any error means to the person at the command line.
  init(_ error: any Error) {
    switch error {
    case let complaint as Complaint: self = complaint
    case let error as any RPCErrorConvertible: self.init(error.rpcError)
    default: self.init(.bug, "\(error)")
    }
  }

  private init(_ error: RPCError) {
    self.init(ExitStatus(error.code), Self.notRunning(error) ?? Self.sentence(error))
  }

  private static func sentence(_ error: RPCError) -> String {
    let more = error.violations.filter { violation in
      ![violation.field, violation.description].contains { error.message.contains($0) }
    }
    let reason = error.reason.map { $0.code == "\(error.code)" ? "" : ", \($0.code)" } ?? ""
    let lines =
      ["\(error.message) (\(error.code)\(reason))"]
      + more.map { "  \($0.field): \($0.description)" }
    return lines.map(Shown.line).joined(separator: "\n")
  }

  /// Nobody listens at the service's socket.
  private static func notRunning(_ error: RPCError) -> String? {
    guard let reason = error.reason, reason.code == "NOT_LISTENING",
      let path = reason.metadata["socket"]
    else { return nil }
    let service = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
    let isThere = FileManager.default.fileExists(atPath: path)
    let finding = isThere ? "nobody listens at \(path)" : "no socket at \(path)"
    return "\(service) is not running (\(finding)); start it with compose/up "
      + "or set DROPWIRE_RUN_DIR"
  }
}
