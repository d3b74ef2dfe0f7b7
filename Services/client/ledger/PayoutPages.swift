import Contract
import Presentation
import Runtime

/// Payouts as people read them.
enum PayoutPages {
  static func card(_ payout: Payout) -> String {
    Table.card([
      ("payout", payout.payoutID), ("state", Shown.word(payout.state.shortName)),
      ("order", payout.orderID), ("payee", payout.payee),
      ("environment", payout.environment.word), ("due", Shown.amount(payout.due)),
      ("amount", Shown.amount(payout.amount)), ("fee", Shown.amount(payout.fee)),
      ("left", payout.left.map { "\(Shown.amount($0)) stays in the payee's account" } ?? ""),
      ("sent to", payout.recipientEmail),
      ("generation", payout.generation == 0 ? "" : "\(payout.generation)"),
      ("carried by", payout.coveredBy), ("paypal batch", payout.paypalBatchID),
      ("paypal item", payout.paypalItemID),
      ("because", Shown.reason(payout.reason)), ("next at", Shown.time(payout.nextAt)),
      ("created", Shown.time(payout.createdAt)), ("updated", Shown.time(payout.updatedAt)),
    ])
  }
}
