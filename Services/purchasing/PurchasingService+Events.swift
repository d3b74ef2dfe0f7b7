import Contract
import Logging
import RPC
import Runtime
import Store

extension PurchasingService {
  /// Keeps a provider's event and looks at what it is about. A replay changes nothing.
  ///
  /// PERMISSION_DENIED for resellers and admins.
  func recordProviderEvent(_ request: RecordProviderEventRequest, _ context: CallContext)
    async throws -> RecordProviderEventResponse
  {
    try context.actor().requireReporter()
    let event = try ProviderEvent(validating: request)
    let isNew = try await store.write { try PurchaseStore(transaction: $0).record(event) }
    if isNew {
      context.logger.info(
        "event recorded", metadata: ["event": "\(event.eventID)", "type": "\(event.eventType)"])
    }
    return RecordProviderEventResponse(isNew: isNew)
  }
}
