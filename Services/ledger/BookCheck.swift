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
  /// The chain is whole, and the accounts' sums are those of the journal. Other rules are about what
  /// was booked: a copy without it would not be a copy.
  ///
  /// - Returns: what breaks those, a line each.
  /// - Throws: `UnsoundBooks`, naming the first thing that does not fit.
  func requireWhole() async throws -> [String] {
    let chain = try await verify(expectedHead: [])
    if !chain.firstBad.isEmpty {
      throw UnsoundBooks(
        description: "the journal's chain breaks at entry \(chain.firstBad); it was changed")
    }
    let findings = try await findings()
    if let damage = findings.first(where: \.rule.isAboutFile)?.found.shown.first {
      throw UnsoundBooks(
        description: "its books do not add up: \(damage.rule): \(damage.subject) \(damage.text)")
    }
    return findings.flatMap(\.found.lines).map { "\($0.rule): \($0.subject): \($0.text)" }
  }
}

extension LedgerService {
  /// See `BackupWork`; the copy's chain and sums must be whole, and what else breaks a rule goes with
  /// the answer.
  func backup(_ request: BackupRequest, _ context: CallContext) async throws -> BackupResponse {
    try await BackupWork(store: store, logger: context.logger) {
      try await JournalCheck(store: $0).requireWhole()
    }.run(request, context)
  }
}
