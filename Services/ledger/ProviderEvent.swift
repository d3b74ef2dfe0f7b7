import Contract
import Outside
import Store

/// A message that a provider pushed. A hint: it only makes us look.
struct ProviderEvent: Hashable, Sendable {
  static let payloadBytesMax = 256 * 1024

  /// Who sent it; its raw value is stored.
  enum Provider: String, Sendable {
    case payPal = "paypal"
    case aliExpress = "aliexpress"
  }

  let provider: Provider
  let eventID: String
  let eventType: String
  let environment: Contract.Environment
  let payload: [UInt8]

  /// The batch of payouts that it is about; nil for other events.
  ///
  ///     PAYMENT.PAYOUTS-ITEM.*   {"resource":{"payout_batch_id":"B", ...}}
  ///     PAYMENT.PAYOUTSBATCH.*   {"resource":{"batch_header":{"payout_batch_id":"B", ...}}}
  var payoutBatchID: String? {
    guard provider == .payPal, eventType.hasPrefix("PAYMENT.PAYOUTS"),
      let json = try? JSON(parsing: String(decoding: payload, as: UTF8.self)),
      let resource = json["resource"]
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
  func record(_ event: ProviderEvent, occurredAt: Int64?) throws -> Bool {
    let isNew = try transaction.run(
      """
      INSERT INTO providerEvent (provider, eventID, eventType, environment, payload, occurredAt,
        recordedAt) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
      """,
      [
        .text(event.provider.rawValue), .text(event.eventID), .text(event.eventType),
        .integer(Int64(event.environment.rawValue)), .blob(event.payload),
        .integer(occurredAt ?? transaction.now), .integer(transaction.now),
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
