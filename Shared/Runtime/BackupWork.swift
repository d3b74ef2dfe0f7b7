public import Contract
import Foundation
public import Logging
public import RPC
public import Store

/// Carries out the method Backup, which each service has: a copy of its database, checked before it
/// is called one.
public struct BackupWork: Sendable {
  let store: Store
  let logger: Logger
  let check: @Sendable (Store) async throws -> [String]

  /// - Parameter check: looks at the open copy; throws when it is damaged, and says what of its content
  ///   is not as it should be, a line each.
  public init(
    store: Store, logger: Logger,
    checking check: @escaping @Sendable (Store) async throws -> [String] = { _ in [] }
  ) {
    self.store = store
    self.logger = logger
    self.check = check
  }

  /// Copies the database while the service works on, and reads the copy again from end to end. Its
  /// directory is made when it is missing; a file that is there is left alone. Beside it goes
  /// `<path>.sha256`, as `sha256sum --check` reads it. Only operators and services may.
  ///
  /// - Throws: PERMISSION_DENIED, INVALID_ARGUMENT, FAILED_PRECONDITION (BACKUP_FAILED) with what
  ///   the system says.
  public func run(_ request: BackupRequest, _ context: CallContext) async throws -> BackupResponse {
    switch try context.actor() {
    case .system, .operator: break
    case .reseller, .admin:
      throw RPCError(
        .permissionDenied, "\(try context.actor()) may not make backups; an operator may",
        reason: ErrorReason(code: "NOT_ALLOWED"))
    }
    var fields = Fields()
    let path = fields.text("path", request.path, isRequired: true) ?? ""
    if !path.isEmpty && !path.hasPrefix("/") {
      fields.reject("path", "is \"\(Fields.shown(path))\"; it must be absolute")
    }
    try fields.finish()
    let warnings: [String]
    do {
      try makeDirectory(of: path)
      warnings = try await store.backUp(to: path, checking: check)
    } catch let error as StoreError {
      throw BackupFailed(path: path, text: "\(error)")
    }
    guard let hash = try FileHash(of: path), note(hash, of: path) else {
      throw BackupFailed(path: path, text: "its hash cannot be noted beside it; look at the disk")
    }
    logger.info("backup written", metadata: ["path": "\(path)", "bytes": "\(hash.bytes)"])
    for warning in warnings {
      logger.warning("the copy is whole, its content is not", metadata: ["found": "\(warning)"])
    }
    return BackupResponse(
      path: path, bytes: hash.bytes, sha256: hash.sha256, warnings: warnings)
  }

  private func makeDirectory(of path: String) throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw BackupFailed(path: path, text: "the directory \(folder) cannot be made")
    }
  }

  private func note(_ hash: FileHash, of path: String) -> Bool {
    let name = URL(fileURLWithPath: path).lastPathComponent
    return FileManager.default.createFile(
      atPath: "\(path).sha256", contents: Data("\(hash.sha256)  \(name)\n".utf8),
      attributes: [.posixPermissions: 0o600])
  }
}

/// A backup could not be written, or was not whole; there is none then.
public struct BackupFailed: RPCErrorConvertible, Hashable {
  public let path: String
  public let text: String

  public init(path: String, text: String) {
    self.path = path
    self.text = text
  }

  public var rpcError: RPCError {
    RPCError(
      .failedPrecondition, "the backup \"\(path)\" was not made: \(text)",
      reason: ErrorReason(code: "BACKUP_FAILED"))
  }
}
