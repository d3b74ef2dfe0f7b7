import Contract
import Money
import Outside
import PayPal

/// The door to whoever carries payouts.
///
/// **Invariant:** repeating a batch under the same `senderBatchID` within 30 days sends nothing a
/// second time; it answers with the first batch.
protocol PayoutGateway: Sendable {
  func isConfigured(for environment: Contract.Environment) -> Bool
  func submit(_ batch: TransferBatch) async -> Outcome<BatchReport>
  func look(atBatch batchID: String, in environment: Contract.Environment) async
    -> Outcome<BatchReport>
}

/// A batch as it was fixed before the first sending.
struct TransferBatch: Hashable, Sendable {
  let environment: Contract.Environment
  let senderBatchID: String
  let transfers: [Transfer]
}

/// A transfer as it was fixed before the first sending.
struct Transfer: Hashable, Sendable {
  let senderItemID: String
  let receiver: String
  let amount: Amount
}

/// What PayPal says about a batch.
struct BatchReport: Hashable, Sendable {
  struct Item: Hashable, Sendable {
    let senderItemID: String
    let itemID: String
    let status: String
    /// Nil when not told.
    var amount: Amount?
    /// Nil when not told.
    var fee: Amount?
    var errorName: String?
    /// In PayPal's list of the account; empty until it is known.
    var transactionID = ""
  }

  let batchID: String
  let batchStatus: String
  /// Empty until the batch shows its items.
  let items: [Item]
}

/// PayPal Payouts, one account per environment.
struct PayPalPayouts: PayoutGateway {
  let sandbox: PayPalClient?
  let production: PayPalClient?

  func isConfigured(for environment: Contract.Environment) -> Bool {
    client(environment) != nil
  }

  func submit(_ batch: TransferBatch) async -> Outcome<BatchReport> {
    guard let client = client(batch.environment) else { return notConfigured() }
    let outcome = await client.createPayouts(
      NewPayoutBatch(
        senderBatchID: batch.senderBatchID,
        items: batch.transfers.map {
          .init(
            senderItemID: $0.senderItemID, receiver: $0.receiver, amount: $0.amount,
            note: "Payout \($0.senderItemID)")
        }))
    return outcome.map(BatchReport.init)
  }

  func look(atBatch batchID: String, in environment: Contract.Environment) async
    -> Outcome<BatchReport>
  {
    guard let client = client(environment) else { return notConfigured() }
    return await client.getPayoutBatch(batchID).map(BatchReport.init)
  }

  func client(_ environment: Contract.Environment) -> PayPalClient? {
    switch environment {
    case .sandbox: sandbox
    case .production: production
    case .unspecified, .unrecognized: nil
    }
  }

  func notConfigured<Value>() -> Outcome<Value> {
    .refused(
      Refusal(
        code: "PAYPAL_NOT_CONFIGURED", text: "this environment has no PayPal account",
        isTransient: true, retryAfterSeconds: nil))
  }
}

extension BatchReport {
  fileprivate init(_ batch: PayPalPayoutBatch) {
    self.init(
      batchID: batch.id, batchStatus: batch.status,
      items: batch.items.map {
        Item(
          senderItemID: $0.senderItemID, itemID: $0.id, status: $0.status, amount: $0.amount,
          fee: $0.fee, errorName: $0.errorName, transactionID: $0.transactionID)
      })
  }
}
