import Contract
import RPC
import Runtime

extension OrdersService {
  /// See `BackupWork`.
  func backup(_ request: BackupRequest, _ context: CallContext) async throws -> BackupResponse {
    try await BackupWork(store: book.store, logger: context.logger).run(request, context)
  }
}
