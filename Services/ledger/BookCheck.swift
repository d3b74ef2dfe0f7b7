import Contract
import RPC
import Runtime
import Store

/// What must be true of a copy of the books before it is called a backup, or becomes the books.
struct UnsoundBooks: Error, CustomStringConvertible, RPCErrorConvertible {
  let description: String

  var rpcError: RPCError {
    RPCError(
      .failedPrecondition, "the backup was not made: \(description)",
      reason: ErrorReason(code: "BACKUP_FAILED"))
  }
}

extension JournalCheck {
  /// The chain is whole, every rule holds, and debits equal credits.
  ///
  /// - Throws: `UnsoundBooks`, naming the first thing that does not fit.
  func requireSound() async throws {
    let chain = try await verify(expectedHead: [])
    if !chain.firstBad.isEmpty {
      throw UnsoundBooks(
        description: "the journal's chain breaks at entry \(chain.firstBad); it was changed")
    }
    if let finding = try await findings().first {
      throw UnsoundBooks(
        description:
          "its books do not add up: \(finding.rule): \(finding.subject) \(finding.text)")
    }
  }
}

extension LedgerService {
  /// See `BackupWork`; the copy's chain must be whole and its rules must hold.
  func backup(_ request: BackupRequest, _ context: CallContext) async throws -> BackupResponse {
    try await BackupWork(store: store, logger: context.logger) {
      try await JournalCheck(store: $0).requireSound()
    }.run(request, context)
  }
}
