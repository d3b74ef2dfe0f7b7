import Contract
import Crypto
import Foundation
import Logging
import RPC
import Runtime
import Store

/// A copy of the books, checked before it is called one.
extension LedgerService {
  private static let bytesPerRead = 1 << 20

  /// Copies the database while the service works on, and reads the copy again: its chain must be
  /// whole and its rules must hold. A copy that fails is removed. FAILED_PRECONDITION:
  /// BACKUP_FAILED, with what the system says.
  func backup(_ request: BackupRequest, _ context: CallContext) async throws -> BackupResponse {
    try requireRecorder(context, "make backups")
    var fields = Fields()
    let path = fields.text("path", request.path, isRequired: true) ?? ""
    if !path.isEmpty && !path.hasPrefix("/") {
      fields.reject("path", "is \"\(Fields.shown(path))\"; it must be absolute")
    }
    try fields.finish()
    do {
      try await store.backUp(to: path)
    } catch let error as StoreError {
      throw LedgerError.backupFailed(path: path, "\(error)")
    }
    do {
      try await verify(path)
      let response = try Self.describe(path)
      context.logger.info(
        "backup written", metadata: ["path": "\(path)", "bytes": "\(response.bytes)"])
      return response
    } catch {
      unlink(path)
      throw error
    }
  }

  private func verify(_ path: String) async throws {
    // Opening makes a lock beside the file, which is of no use once the copy is closed.
    defer { for end in [".lock", "-wal", "-shm"] { unlink(path + end) } }
    let copy = try Store(
      .file(path), applicationID: Schema.applicationID, migrations: Schema.migrations,
      logger: logger)
    defer { try? copy.close() }
    let check = JournalCheck(store: copy)
    let chain = try await check.verify(expectedHead: [])
    let findings = try await check.findings()
    if chain.firstBad.isEmpty && findings.isEmpty { return }
    throw LedgerError.backupFailed(
      path: path, "its books do not add up: \(chain.firstBad) \(findings.first?.rule ?? "")")
  }

  private static func describe(_ path: String) throws -> BackupResponse {
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw LedgerError.backupFailed(path: path, "it cannot be read")
    }
    defer { try? file.close() }
    var (hash, bytes) = (SHA256(), Int64(0))
    while let piece = try file.read(upToCount: bytesPerRead), !piece.isEmpty {
      hash.update(data: piece)
      bytes += Int64(piece.count)
    }
    return BackupResponse(
      path: path, bytes: bytes, sha256: JournalExport.hex([UInt8](hash.finalize())))
  }
}
