import Money

/// Money that went back to a buyer, with what the supplier gave back for it.
///
/// **Invariant:** one of the two is positive; both have the order's currency.
struct Refund: Hashable, Sendable {
  /// Made by the caller; the idempotency key.
  let refundID: String
  let orderID: String
  let refunded: Amount
  let supplierRefunded: Amount
}

/// What a buyer claims back through PayPal.
///
/// While it is open, its amount is held back from the seller and the order's payouts wait. Lost, it
/// is a refund with a fee that the seller bears. WON and LOST are final.
struct Dispute: Hashable, Sendable {
  /// Where it stands; its raw value is stored.
  enum State: String, Sendable {
    case opened = "OPENED"
    case won = "WON"
    case lost = "LOST"

    /// In the ids of entries.
    var word: String { rawValue.lowercased() }
  }

  /// PayPal's id.
  let disputeID: String
  let orderID: String
  let state: State
  /// Opened: what is held. Lost: what the buyer got. Won: nil.
  let amount: Amount?
  /// Nil unless lost.
  let fee: Amount?
}
