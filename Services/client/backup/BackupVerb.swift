import ArgumentParser
import Contract
import Foundation
import Presentation
import RPC

/// Which of the services, or all of them, as typed.
enum ServiceChoice: String, ExpressibleByArgument, CaseIterable {
  case orders, purchasing, ledger, all

  /// `orders` comes first. It conducts, so a copy of the others made later knows at least what it
  /// believes was done; what they know more is answered as a replay.
  var services: [ServiceName] {
    ServiceName(rawValue: rawValue).map { [$0] } ?? [.orders, .purchasing, .ledger]
  }
}

/// `dropwire backup`.
struct BackupVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "backup", abstract: "Copy the databases while the services work on.",
    discussion: """
      Each service writes DIRECTORY/SERVICE.db, reads it again from end to end, and gives it its \
      name when it holds; the ledger's chain and balances must hold too. What else does not add up \
      in the books is copied as it is, and said. Beside it stands SERVICE.db.sha256. The services write, so the directory must be theirs to write to. A file \
      that is there already is left alone, so use a new directory each time. The credentials in \
      purchasing.db stay sealed; the master key is not part of a backup.

      EXAMPLES:
        dropwire backup all /var/backups/dropwire/2026-11-24
        dropwire backup ledger books
      """)

  /// Copying and checking take longer than an ordinary call.
  private static let timeoutSecondsMin = 3600

  @Argument(help: "orders, purchasing, ledger or all.") var service: ServiceChoice
  @Argument(help: "Where the copies go; made when it is missing.") var directory: String
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let folder = URL(fileURLWithPath: directory).standardizedFileURL.path
    var options = session.options
    options.timeout = .seconds(max(calling.timeout ?? 0, Self.timeoutSecondsMin))
    var made: [BackupResponse] = []
    for service in service.services {
      let request = BackupRequest(path: "\(folder)/\(service.rawValue).db")
      made.append(try await session.backup(service, request, options))
    }
    let done = made
    session.show(
      showing,
      json: "{\"backups\": [\n" + done.map { $0.json(pretty: false) }.joined(separator: ",\n")
        + "\n]}"
    ) {
      var table = Table([.left("backup"), .right("bytes"), .left("sha256")])
      for backup in done { table.add([backup.path, "\(backup.bytes)", backup.sha256]) }
      let warnings = done.flatMap { backup in
        backup.warnings.map { "\n\(backup.path) is whole, but: \($0)" }
      }
      return table.text(ifEmpty: "no backups") + warnings.joined()
    }
  }
}

extension Session {
  fileprivate func backup(
    _ service: ServiceName, _ request: BackupRequest, _ options: CallOptions
  ) async throws -> BackupResponse {
    switch service {
    case .orders: try await orders.backup(request, options: options)
    case .purchasing: try await purchasing.backup(request, options: options)
    case .ledger: try await ledger.backup(request, options: options)
    }
  }
}
