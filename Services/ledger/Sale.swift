import Contract
import Money

/// A payment that a buyer made and PayPal captured.
struct Capture: Hashable, Sendable {
  let orderID: String
  /// 0 for a house order.
  let userID: Int64
  let environment: Contract.Environment
  let price: Amount
  let paymentFee: Amount
  /// PayPal's id.
  let captureID: String
}

/// A sale as the caller knows it: everything but the rate and what follows from it.
struct NewSale: Hashable, Sendable {
  let orderID: String
  /// 0 for a house order.
  let userID: Int64
  let environment: Contract.Environment
  let price: Amount
  let landedCost: Amount
  let paymentFee: Amount
  let fundedBy: Funder
  let productURL: String
  let marketplace: String
}

/// A sale as it was booked, with the rate that was used.
struct BookedSale: Hashable, Sendable {
  let sale: NewSale
  let rateBasisPoints: Int
  /// Milliseconds since the epoch.
  let occurredAt: Int64
  let recordedAt: Int64
}

/// Money that the platform put into its PayPal account or took out of it.
struct Funding: Hashable, Sendable {
  enum Direction: String, Sendable {
    case topUp, withdrawal
  }

  let fundingID: String
  let environment: Contract.Environment
  let direction: Direction
  let amount: Amount

  var posting: Posting {
    direction == .topUp
      ? Posting(debit: .payPal, credit: .platformFunds, amount: amount)
      : Posting(debit: .platformFunds, credit: .payPal, amount: amount)
  }
}

/// The answer to a request that may be a replay.
struct Recorded<Value: Sendable>: Sendable {
  let value: Value
  /// False for a replay.
  let isNew: Bool
}
