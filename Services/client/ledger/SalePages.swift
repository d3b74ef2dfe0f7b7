import Contract
import Runtime

/// Sales as people read them.
enum SalePages {
  static func card(_ sale: Sale) -> String {
    Table.card([
      ("order", sale.orderID), ("environment", sale.environment.word),
      ("reseller", sale.userID == 0 ? "house" : "\(sale.userID)"),
      ("product", sale.productURL), ("marketplace", sale.marketplace),
      ("price", Shown.amount(sale.price)), ("landed cost", Shown.amount(sale.landedCost)),
      ("paid by", sale.fundedBy), ("payment fee", Shown.amount(sale.paymentFee)),
      ("gross", Shown.amount(sale.gross)),
      (
        "commission",
        "\(Shown.amount(sale.commission)) (\(Shown.rate(sale.commissionRateBps)))"
      ),
      ("net", Shown.amount(sale.net)), ("admin payout", sale.adminPayoutID),
      ("reseller payout", sale.resellerPayoutID), ("happened", Shown.time(sale.occurredAt)),
      ("recorded", Shown.time(sale.recordedAt)),
    ])
  }

  static func table(_ sales: [Sale]) -> String {
    var table = Table([
      .left("order"), .right("reseller"), .right("price"), .right("cost"), .right("fee"),
      .right("gross"), .right("commission"), .right("net"), .right("rate"), .left("recorded"),
    ])
    for sale in sales {
      table.add([
        sale.orderID, sale.userID == 0 ? "house" : "\(sale.userID)", Shown.amount(sale.price),
        Shown.amount(sale.landedCost), Shown.amount(sale.paymentFee), Shown.amount(sale.gross),
        Shown.amount(sale.commission), Shown.amount(sale.net),
        Shown.rate(sale.commissionRateBps), Shown.time(sale.recordedAt),
      ])
    }
    return table.text(ifEmpty: "no sales")
  }
}
