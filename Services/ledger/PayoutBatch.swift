import Contract
import Money
import Runtime

/// Payouts of one environment and currency that go to PayPal in one call.
///
/// **Invariant:** which payouts it holds, and their amounts, recipients and keys, was committed
/// before PayPal was called and is never changed; so a repeat is the very same batch, whoever makes
/// it. Its key is the key of its first payout's generation: a generation is in one batch, so no two
/// batches share a key.
struct PayoutBatch: Hashable, Sendable {
  /// Where a batch stands; its raw value is stored.
  enum State: String, Sendable {
    /// PayPal is being called, or the process died while it was.
    case sending = "SENDING"
    /// PayPal certainly did not take it; the same batch is sent again.
    case notTaken = "NOT_TAKEN"
    /// The answer was lost; the same batch is repeated until PayPal says that it has it.
    case unknown = "UNKNOWN"
    /// PayPal has it. What became of its items is asked for.
    case accepted = "ACCEPTED"
    /// PayPal refused it for good.
    case refused = "REFUSED"
  }

  /// No call to PayPal takes as long, its token included. A runner that was given a batch has it for
  /// this long; after that its process is thought to be dead.
  static let claimMilliseconds: Int64 = 120_000

  let senderBatchID: String
  let lane: PayoutLane
  let state: State
  /// PayPal's id; empty until it is accepted.
  let batchID: String
  /// How often it was sent.
  let attempts: Int
  /// Until when a runner has it; milliseconds since the epoch.
  let claimedUntil: Int64
  let nextAt: Int64
  let createdAt: Int64
}

/// A batch with its payouts, as it is sent.
struct PayoutSending: Hashable, Sendable {
  let batch: PayoutBatch
  let payouts: [Payout]
  /// Whether PayPal certainly has nothing under this key yet.
  let isUntried: Bool
}

/// What can be sent together: one environment's payouts in one currency. Each lane sends one batch
/// at a time; what becomes due meanwhile goes out together with the next.
struct PayoutLane: Hashable, Sendable {
  let environment: Contract.Environment
  let currency: Currency

  init(_ environment: Contract.Environment, _ currency: Currency) {
    self.environment = environment
    self.currency = currency
  }

  /// Reads `sandbox/USD`; nil for anything else.
  init?(subject: String) {
    let parts = subject.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2,
      let environment = [Contract.Environment.sandbox, .production].first(where: {
        $0.word == parts[0]
      }),
      let currency = try? Currency(validating: String(parts[1]))
    else { return nil }
    self.init(environment, currency)
  }

  /// As its intent names it.
  var subject: String { "\(environment.word)/\(currency.code)" }
}
