import Foundation
import Logging
public import Store

/// What a service needs to know about its database to check and restore a backup of it.
public struct RestorePlan: Sendable {
  let applicationID: Int32
  let migrations: [Migration]
  let check: @Sendable (Store) async throws -> [String]
  let prepare: @Sendable (Store) async throws -> Void
  let unknown: [String]

  /// - Parameters:
  ///   - check: looks at an open copy; throws when it is damaged, and says what of its content is not
  ///     as it should be, a line each.
  ///   - prepare: writes into what is about to be put in place.
  ///   - unknown: sentences for a person: what the service does not know after it got an older
  ///     database, and what follows.
  public init(
    applicationID: Int32, migrations: [Migration], unknown: [String],
    checking check: @escaping @Sendable (Store) async throws -> [String] = { _ in [] },
    preparing prepare: @escaping @Sendable (Store) async throws -> Void = { _ in }
  ) {
    self.prepare = prepare
    self.applicationID = applicationID
    self.migrations = migrations
    self.unknown = unknown
    self.check = check
  }
}

extension RestorePlan {
  /// Checks a copy and prints what of its content is not as it should be.
  fileprivate func warn(about copy: Store) async throws {
    for warning in try await check(copy) { print("warning: \(warning)") }
  }
}

extension Settings {
  /// How a process ends that was asked for something that is refused (EX_DATAERR).
  private static let refused: Int32 = 65

  /// Checks or restores a backup and ends the process, when asked with `--verify` or `--restore`;
  /// with `--stopped` it only fails while the service runs. For a restore it must not. The process
  /// says on standard output what it did, on standard error why it did not.
  public func restore(_ common: ServiceSettings, _ plan: RestorePlan) async {
    let (verified, restored) = (argument("--verify"), argument("--restore"))
    if restored == nil && verified == nil && !wantsStopped { return }
    if !allProblems.isEmpty { return finish() }
    umask(0o077)
    let logger = Logger(label: service) { _ in SwiftLogNoOpLogHandler() }
    let restoration = Restoration(
      path: common.databasePath, applicationID: plan.applicationID, migrations: plan.migrations,
      logger: logger)
    do {
      // First, since the rest may take long.
      if restored != nil || wantsStopped { try Self.requireStopped(common, restoration) }
      guard let backup = restored ?? verified else { exit(0) }
      try Self.compareWithNotedHash(backup)
      if restored == nil {
        try await restoration.verify(backup) { try await plan.warn(about: $0) }
        print("\(backup) is a whole backup of \(service)")
      } else {
        let replaced = try await restoration.restore(backup) { copy in
          try await plan.warn(about: copy)
          try await plan.prepare(copy)
        }
        print("\(common.databasePath) is \(backup) now")
        print(replaced.map { "what was there before is kept as \($0)" } ?? "there was none before")
        for sentence in plan.unknown { print(sentence) }
      }
    } catch {
      let backup = restored ?? verified ?? ""
      let isNamed = backup.isEmpty || "\(error)".contains(backup)
      let text = isNamed ? "\(error)" : "\(backup) is refused: \(error)"
      FileHandle.standardError.write(Data("\(service): \(text)\n".utf8))
      exit(Self.refused)
    }
    exit(0)
  }

  private static func requireStopped(_ common: ServiceSettings, _ restoration: Restoration) throws {
    try FileManager.default.createDirectory(
      atPath: common.stateDirectory, withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
    try restoration.requireUnused()
  }

  /// A backup may have its hash beside it, as `sha256sum` writes it: `<hash>  <name>`.
  static func compareWithNotedHash(_ backup: String) throws {
    let path = "\(backup).sha256"
    guard FileManager.default.fileExists(atPath: path) else { return }
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let noted = text.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? ""
    let found = try FileHash(of: backup)
    if let found, found.sha256 != noted {
      throw StoreError.damaged(
        path: backup, "its SHA-256 is \(found.sha256), \(path) says \(noted)")
    }
  }
}
