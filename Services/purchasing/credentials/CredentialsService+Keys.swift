import Contract
import Logging
import RPC
import Runtime
import Store

extension CredentialsService {
  /// Secrets of one commit: few enough that no purchase waits for it.
  private static let batchRows = 50

  /// Wraps the data keys of all secrets with the newest master key, in small commits.
  ///
  /// A call that dies or runs out of time leaves every secret readable, and the next one goes on where
  /// it was. Secrets that cannot be opened are counted and left. FAILED_PRECONDITION KEY_NOT_NEWEST.
  func rotateKeys(_ request: RotateKeysRequest, _ context: CallContext) async throws
    -> RotateKeysResponse
  {
    let actor = try changingActor(context)
    try actor.requirePlatform("rotate keys")
    let newest = seal.keys.newest.id
    guard request.keyID.isEmpty || request.keyID == newest else {
      throw CredentialError.keyNotNewest(given: request.keyID, newest: newest)
    }
    var answer = RotateKeysResponse()
    let seal = seal
    for table in CredentialStore.Table.allCases {
      var last: Int64? = 0
      while let after = last, context.remaining > .seconds(1) {
        let batch = try await store.write {
          try CredentialStore(transaction: $0).rewrap(
            table, after: after, limit: Self.batchRows, with: seal, actor: "\(actor)")
        }
        CrashPoint.reached(CredentialStep.keysRewrapped)
        answer.rewrapped += batch.rewrapped
        answer.unopened += batch.unopened
        last = batch.last
      }
    }
    answer.keys = try await keys()
    let others = answer.keys.filter { !$0.isNewest }.map(\.secrets).reduce(0, +)
    answer.remaining = max(0, others - answer.unopened)
    context.logger.info(
      "master keys rotated",
      metadata: [
        "by": "\(actor)", "rewrapped": "\(answer.rewrapped)", "unopened": "\(answer.unopened)",
        "remaining": "\(answer.remaining)", "key": "\(newest)",
      ])
    return answer
  }

  /// The master keys that are configured, and those that secrets need.
  func listKeys(_ request: ListKeysRequest, _ context: CallContext) async throws
    -> ListKeysResponse
  {
    try context.actor().requirePlatform("see the master keys")
    return ListKeysResponse(keys: try await keys())
  }

  /// Configured keys first, the newest at the head.
  private func keys() async throws -> [MasterKeyUse] {
    let use = try await store.read { try CredentialStore(transaction: $0).keyUse() }
    let configured = seal.keys.ids
    let missing = use.keys.filter { !configured.contains($0) }.sorted()
    return (configured + missing).map { id in
      MasterKeyUse(
        keyID: id, isConfigured: seal.keys[id] != nil, isNewest: id == seal.keys.newest.id,
        secrets: use[id] ?? 0)
    }
  }
}
