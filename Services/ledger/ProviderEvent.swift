import Contract
import Outside
import Runtime
import Store

extension ProviderEvent {
  /// The batch of payouts that it is about; nil for other events.
  ///
  ///     PAYMENT.PAYOUTS-ITEM.*   {"resource":{"payout_batch_id":"B", ...}}
  ///     PAYMENT.PAYOUTSBATCH.*   {"resource":{"batch_header":{"payout_batch_id":"B", ...}}}
  var payoutBatchID: String? {
    guard provider == .payPal, eventType.hasPrefix("PAYMENT.PAYOUTS"),
      let resource = json?["resource"]
    else { return nil }
    let id = resource["payout_batch_id"] ?? resource["batch_header"]?["payout_batch_id"]
    guard let text = id?.text, !text.isEmpty else { return nil }
    return text
  }
}

extension PayoutStore {
  /// Keeps an event and looks at the payouts that it is about, paid ones too: they can still come
  /// back.
  ///
  /// - Returns: false when it was known already; then nothing happens.
  func record(_ event: ProviderEvent) throws -> Bool {
    let isNew = try transaction.run(
      """
      INSERT INTO providerEvent (provider, eventID, eventType, environment, payload, occurredAt,
        recordedAt) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
      """,
      [
        .text(event.provider.rawValue), .text(event.eventID), .text(event.eventType),
        .integer(Int64(event.environment.rawValue)), .blob(event.payload),
        .integer(event.occurredAt ?? transaction.now), .integer(transaction.now),
      ])
    guard isNew == 1 else { return false }
    guard let batchID = event.payoutBatchID, !batchID.isEmpty else { return true }
    let batch = try transaction.row(
      "SELECT senderBatchID FROM payoutBatch WHERE batchID = $1 AND environment = $2",
      [.text(batchID), .integer(Int64(event.environment.rawValue))])
    if let batch { try transaction.schedule(Self.pollIntent, batch.text("senderBatchID")) }
    return true
  }
}
