import Contract
import RPC
import Runtime

extension PurchasingService {
  /// See `BackupWork`. Credentials stay sealed in it: the master key is not part of a backup.
  func backup(_ request: BackupRequest, _ context: CallContext) async throws -> BackupResponse {
    try await BackupWork(store: store, logger: context.logger).run(request, context)
  }
}
