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
    try requireRecorder(context, "record events")
    let (event, occurredAt) = try read(request)
    let isNew = try await store.write {
      try PayoutStore(transaction: $0).record(event, occurredAt: occurredAt)
    }
    if isNew {
      context.logger.info(
        "event recorded", metadata: ["event": "\(event.eventID)", "type": "\(event.eventType)"])
    }
    return RecordProviderEventResponse(isNew: isNew)
  }

  private func read(_ request: RecordProviderEventRequest) throws(InvalidFields) -> (
    ProviderEvent, Int64?
  ) {
    var fields = Fields()
    let provider = ProviderEvent.Provider(rawValue: request.provider)
    if provider == nil {
      fields.reject(
        "provider", "is \"\(Fields.shown(request.provider))\"; it must be paypal or aliexpress")
    }
    let eventID = fields.text("event_id", request.eventID, isRequired: true)
    let eventType = fields.text("event_type", request.eventType, isRequired: true)
    let environment = fields.environment(request.environment)
    let occurredAt = fields.time("occurred_at", request.occurredAt)
    if request.payload.count > ProviderEvent.payloadBytesMax {
      fields.reject(
        "payload",
        "has \(request.payload.count) bytes; it must have at most \(ProviderEvent.payloadBytesMax)")
    }
    try fields.finish()
    guard let provider, let eventID, let eventType, let environment else { throw fields.refusal }
    return (
      ProviderEvent(
        provider: provider, eventID: eventID, eventType: eventType, environment: environment,
        payload: request.payload),
      occurredAt
    )
  }
}
