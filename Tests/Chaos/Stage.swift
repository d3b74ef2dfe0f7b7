import Contract

/// Where an order is when something goes wrong: a column of the table.
enum Stage: String, CaseIterable, Sendable {
  /// AWAITING_PAYMENT.
  case awaiting
  case capturing
  /// PAYMENT_PENDING.
  case pending
  /// PURCHASING, and nothing was sent to the supplier yet.
  case requested
  /// PURCHASING, the order is being placed.
  case placing
  /// PURCHASING, the outcome is looked up.
  case unknown
  /// PURCHASING, the supplier's order is placed and waits for its payment.
  case unpaid
  /// NEEDS_ATTENTION.
  case attention
  /// PURCHASED, and the sale is not booked yet.
  case purchased
  /// The sale is booked, the payouts are under way.
  case payouts
  case refunding
  /// Not about an order: tokens are given or renewed.
  case tokens

  /// Those of an order on its way.
  static let ofOrders = Set(allCases).subtracting([.tokens])
}

/// What the services say about an order in the end, from which its stage at any time follows.
struct OrderTimes: Sendable {
  let events: [OrderEvent]
  let purchase: Purchase?
  /// When the last of its payouts changed for the last time.
  let payoutsEndedAt: Int64

  /// The stage at a moment in milliseconds; nil before it began and after it ended.
  func stage(at moment: Int64) -> Stage? {
    let past = events.prefix { ($0.recordedAt?.milliseconds ?? 0) <= moment }
    guard let last = past.last else { return nil }
    switch last.to {
    case .awaitingPayment: return .awaiting
    case .capturing: return .capturing
    case .paymentPending: return .pending
    case .paid, .purchasing: return purchasing(at: moment)
    case .needsAttention: return .attention
    case .purchased, .shipped, .delivered:
      if !past.contains(where: { $0.cause == "saleBooked" }) { return .purchased }
      return moment < payoutsEndedAt ? .payouts : nil
    case .refunding: return .refunding
    case .refunded, .cancelled, .expired, .unspecified, .unrecognized: return nil
    }
  }

  private func purchasing(at moment: Int64) -> Stage {
    let begun = (purchase?.attempts ?? []).filter {
      ($0.startedAt?.milliseconds ?? 0) <= moment
    }
    guard let last = begun.last else { return .requested }
    if let endedAt = last.endedAt?.milliseconds, endedAt <= moment {
      switch last.outcome {
      case .placed: return .unpaid
      case .unknown, .started: return .unknown
      case .refused: return .requested
      case .notAccepted, .unspecified, .unrecognized: return .placing
      }
    }
    return isLookUp(last, after: begun.dropLast()) ? .unknown : .placing
  }

  private func isLookUp(_ attempt: Attempt, after before: ArraySlice<Attempt>) -> Bool {
    guard let previous = before.last, previous.key == attempt.key else { return false }
    return previous.outcome != .notAccepted
  }
}
