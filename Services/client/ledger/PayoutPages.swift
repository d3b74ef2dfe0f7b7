import Contract
import Runtime

/// Payouts as people read them.
enum PayoutPages {
  static func card(_ payout: Payout) -> String {
    Table.card([
      ("payout", payout.payoutID), ("state", Shown.word(payout.state.shortName)),
      ("order", payout.orderID), ("payee", payout.payee),
      ("environment", payout.environment.word), ("due", Shown.amount(payout.due)),
      ("amount", Shown.amount(payout.amount)), ("fee", Shown.amount(payout.fee)),
      ("sent to", payout.recipientEmail),
      ("generation", payout.generation == 0 ? "" : "\(payout.generation)"),
      ("carried by", payout.coveredBy), ("paypal batch", payout.paypalBatchID),
      ("paypal item", payout.paypalItemID),
      ("because", Shown.reason(payout.reason)), ("next at", Shown.time(payout.nextAt)),
      ("created", Shown.time(payout.createdAt)), ("updated", Shown.time(payout.updatedAt)),
    ])
  }

  static func table(_ payouts: [Payout]) -> String {
    var table = Table([
      .left("payout"), .left("payee"), .left("state"), .right("due"), .right("amount"),
      .left("sent to"), .left("updated"), .left("because"),
    ])
    for payout in payouts {
      table.add([
        payout.payoutID, payout.payee, Shown.word(payout.state.shortName),
        Shown.amount(payout.due), Shown.amount(payout.amount), payout.recipientEmail,
        Shown.time(payout.updatedAt), Shown.reason(payout.reason),
      ])
    }
    return table.text(ifEmpty: "no payouts")
  }
}
