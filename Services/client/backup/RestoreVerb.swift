import ArgumentParser
import Foundation

/// `dropwire restore`: has a service's own program put a backup in place, since no other opens its
/// database.
struct RestoreVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Put backups in the place of the databases.",
    discussion: """
      The service must not run. A backup is read from end to end first: its hash when SERVICE.db.sha256 \
      is beside it, its structure, whose it is and of which version; the ledger's chain and balances. \
      What is truncated, changed or another program's is named and left alone. The database that was \
      there is kept beside it. The settings are those of the service (DROPWIRE_STATE_DIR, --config).

      A service that gets an older database does not know what happened since; the command says what \
      follows. Restore all three from one directory unless only one is lost.

      EXAMPLES:
        dropwire restore all /var/backups/dropwire/2026-11-24
        dropwire restore ledger books/ledger.db
        dropwire restore ledger books/ledger.db --verify-only
      """)

  @Argument(help: "orders, purchasing, ledger or all.") var service: ServiceChoice
  @Argument(help: "The backup, or the directory of all.") var backup: String
  @Flag(help: "Only read the backup; nothing is put in place, and the service may run.")
  var verifyOnly = false
  @Option(help: ArgumentHelp("The services' file of settings.", valueName: "file"))
  var config: String?
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let services = service.services
    if !verifyOnly {
      for service in services { try start(service, ["--stopped"]) }
    }
    // One that is not whole stops all before anything is replaced.
    if verifyOnly || services.count > 1 {
      for service in services { try start(service, ["--verify", file(service)]) }
    }
    if verifyOnly { return }
    for service in services { try start(service, ["--restore", file(service)]) }
  }

  /// A directory stands for the file in it that `dropwire backup` makes.
  private func file(_ service: ServiceName) -> String {
    var isDirectory: ObjCBool = false
    let isThere = FileManager.default.fileExists(atPath: backup, isDirectory: &isDirectory)
    return isThere && isDirectory.boolValue ? "\(backup)/\(service.rawValue).db" : backup
  }

  private func start(_ service: ServiceName, _ arguments: [String]) throws {
    let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let folder = URL(fileURLWithPath: own).deletingLastPathComponent()
    let process = Process()
    process.executableURL = folder.appendingPathComponent(service.rawValue)
    process.arguments = (config.map { ["--config", $0] } ?? []) + arguments
    do {
      try process.run()
    } catch {
      throw Complaint(
        .notFound,
        "\(folder.path)/\(service.rawValue) cannot be started; it must be beside dropwire")
    }
    process.waitUntilExit()
    if process.terminationStatus != 0 { throw ExitCode(process.terminationStatus) }
  }
}
