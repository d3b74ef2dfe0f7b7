import Contract
import Presentation

/// Why an order waits, over the three services.
struct Explanation: Encodable {
  /// One thing that has not ended.
  struct Wait: Encodable, Hashable {
    let what: String
    let because: String
    let since: String
    let next: String
    let nextAt: String
    /// Who can cure it.
    let who: String
    /// What he may do, as commands.
    let commands: [String]
  }

  let order: String
  let state: String
  let waits: [Wait]
  /// What could not be asked, and why.
  let missing: [String]

  var text: String {
    let heading = "order \(order) is \(state)"
    let cards = waits.map { wait in
      Table.card([
        ("what", wait.what), ("because", wait.because), ("since", wait.since),
        ("next", wait.next), ("next at", wait.nextAt), ("who may act", wait.who),
        ("commands", wait.commands.joined(separator: "; ")),
      ])
    }
    let body = cards.isEmpty ? ["it waits for nothing"] : cards
    return ([heading] + body).joined(separator: "\n\n")
      + missing.map { "\nmissing: \($0)" }.joined()
  }
}

extension Explanation.Wait {
  /// Nil for an order that waits for nothing.
  init?(_ order: Order) {
    guard let waiting = order.waiting else { return nil }
    self.init(
      what: "the order", because: Shown.reason(waiting.reason),
      since: Shown.time(waiting.since), next: waiting.next, nextAt: Shown.time(waiting.nextAt),
      who: Shown.owner(waiting.reason, goesOn: waiting.nextAt != nil),
      commands: waiting.allowedActions.compactMap { Self.command($0, order.orderID) })
  }

  /// Nil for a purchase that has ended well, or that says nothing.
  init?(_ purchase: Purchase) {
    guard purchase.state != .purchased, purchase.reason != nil || purchase.nextAt != nil else {
      return nil
    }
    self.init(
      what: "the purchase, \(PurchasePages.state(purchase))",
      because: Shown.reason(purchase.reason), since: Shown.time(purchase.updatedAt),
      next: Self.next(purchase),
      nextAt: Shown.time(purchase.nextAt),
      who: Shown.owner(purchase.reason, goesOn: purchase.nextAt != nil),
      commands: ["dropwire purchase \(purchase.orderID)"])
  }

  private static func next(_ purchase: Purchase) -> String {
    if let payBy = purchase.payBy {
      return "pay by \(Shown.time(payBy)), or the supplier closes its order"
    }
    return purchase.nextAt == nil ? "" : "purchasing goes on by itself"
  }

  /// Nil for a payout that is paid or not due.
  init?(_ payout: Payout) {
    guard payout.state != .paid, payout.state != .notDue else { return nil }
    self.init(
      what: "payout \(payout.payoutID), \(Shown.word(payout.state.shortName))",
      because: Shown.reason(payout.reason), since: Shown.time(payout.updatedAt),
      next: payout.nextAt == nil ? "" : "the ledger goes on by itself",
      nextAt: Shown.time(payout.nextAt),
      who: Shown.owner(payout.reason, goesOn: payout.nextAt != nil),
      commands: ["dropwire payout get \(payout.payoutID)"])
  }

  private static func command(_ action: OrderAction, _ order: String) -> String? {
    switch action {
    case .retry: "dropwire retry \(order)"
    case .markPurchased: "dropwire mark-purchased \(order)"
    case .attestNotPlaced: "dropwire attest-not-placed \(order)"
    case .refund, .cancel: "dropwire cancel \(order)"
    case .capture: "dropwire capture \(order)"
    case .submitTracking: "dropwire submit-tracking \(order)"
    case .unspecified, .unrecognized: nil
    }
  }
}
