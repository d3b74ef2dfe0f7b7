import Contract
import Logging
import RPC
import Runtime
import Store

extension LedgerService {
  /// Keeps a provider's event and looks at what it is about. A replay changes nothing.
  func recordProviderEvent(_ request: RecordProviderEventRequest, _ context: CallContext)
    async throws -> RecordProviderEventResponse
  {
    try context.actor().requireReporter()
    let event = try ProviderEvent(validating: request)
    let isNew = try await store.write { try PayoutStore(transaction: $0).record(event) }
    if isNew {
      context.logger.info(
        "event recorded", metadata: ["event": "\(event.eventID)", "type": "\(event.eventType)"])
    }
    return RecordProviderEventResponse(isNew: isNew)
  }
}
