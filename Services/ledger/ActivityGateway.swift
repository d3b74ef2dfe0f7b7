import Contract
import Outside
import PayPal

/// The door to what the carrier of money says about our account, whoever moved it. Reads only.
protocol ActivityGateway: Sendable {
  func isConfigured(for environment: Contract.Environment) -> Bool
  /// Lines of a time; the newest hours may be missing.
  func activity(in environment: Contract.Environment, from: Int64, until: Int64) async
    -> Outcome<PayPalTransactionList>
  func look(atBatch batchID: String, in environment: Contract.Environment) async
    -> Outcome<BatchReport>
}

extension PayPalPayouts: ActivityGateway {
  func activity(in environment: Contract.Environment, from: Int64, until: Int64) async
    -> Outcome<PayPalTransactionList>
  {
    guard let client = client(environment) else { return notConfigured() }
    return await client.listTransactions(from: from, until: until)
  }
}
