import Contract
import Money
import Outside
import PayPal

/// The door to whoever carries payouts.
///
/// **Invariant:** repeating a transfer under the same `senderItemID` within 30 days sends nothing a
/// second time; it answers with the first batch.
protocol PayoutGateway: Sendable {
  func isConfigured(for environment: Contract.Environment) -> Bool
  func submit(_ transfer: Transfer) async -> Outcome<TransferReport>
  func look(atBatch batchID: String, of transfer: Transfer) async -> Outcome<TransferReport>
}

/// A transfer as it was fixed before the first sending.
struct Transfer: Hashable, Sendable {
  let environment: Contract.Environment
  /// Key of batch and item, one item per batch.
  let senderItemID: String
  let receiver: String
  let amount: Amount
}

/// What PayPal says about a transfer's batch.
struct TransferReport: Hashable, Sendable {
  struct Item: Hashable, Sendable {
    let itemID: String
    let status: String
    let fee: Amount?
    let errorName: String?
  }

  let batchID: String
  let batchStatus: String
  /// Nil until the batch shows its items.
  let item: Item?
}

/// PayPal Payouts, one account per environment.
struct PayPalPayouts: PayoutGateway {
  let sandbox: PayPalClient?
  let production: PayPalClient?

  func isConfigured(for environment: Contract.Environment) -> Bool {
    client(environment) != nil
  }

  func submit(_ transfer: Transfer) async -> Outcome<TransferReport> {
    guard let client = client(transfer.environment) else { return notConfigured }
    let outcome = await client.createPayout(
      NewPayout(
        senderBatchID: transfer.senderItemID, senderItemID: transfer.senderItemID,
        receiver: transfer.receiver, amount: transfer.amount,
        note: "Payout \(transfer.senderItemID)"))
    return report(outcome, transfer)
  }

  func look(atBatch batchID: String, of transfer: Transfer) async -> Outcome<TransferReport> {
    guard let client = client(transfer.environment) else { return notConfigured }
    return report(await client.getPayoutBatch(batchID), transfer)
  }

  private func client(_ environment: Contract.Environment) -> PayPalClient? {
    switch environment {
    case .sandbox: sandbox
    case .production: production
    case .unspecified, .unrecognized: nil
    }
  }

  private var notConfigured: Outcome<TransferReport> {
    .refused(
      Refusal(
        code: "PAYPAL_NOT_CONFIGURED", text: "this environment has no PayPal account",
        isTransient: true, retryAfterSeconds: nil))
  }

  private func report(_ outcome: Outcome<PayPalPayoutBatch>, _ transfer: Transfer)
    -> Outcome<TransferReport>
  {
    switch outcome {
    case .refused(let refusal): return .refused(refusal)
    case .unknown(let text): return .unknown(text)
    case .done(let batch):
      let item = batch.items.first { $0.senderItemID == transfer.senderItemID }
      return .done(
        TransferReport(
          batchID: batch.id, batchStatus: batch.status,
          item: item.map {
            .init(itemID: $0.id, status: $0.status, fee: $0.fee, errorName: $0.errorName)
          }))
    }
  }
}
