import Contract
import Presentation
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
        sale.commission == nil
          ? "" : "\(Shown.amount(sale.commission)) (\(Shown.rate(sale.commissionRateBps)))"
      ),
      ("net", Shown.amount(sale.net)),
      ("refunded", Shown.positive(sale.refunded)),
      ("supplier refunded", Shown.positive(sale.supplierRefunded)),
      ("held by disputes", Shown.positive(sale.held)), ("admin payout", sale.adminPayoutID),
      ("reseller payout", sale.resellerPayoutID), ("happened", Shown.time(sale.occurredAt)),
      ("recorded", Shown.time(sale.recordedAt)),
    ])
  }

  static func sheet(_ sales: [Sale]) -> Sheet {
    var sheet = Sheet([
      ("order", .text), ("reseller", .text), ("price", .amount), ("cost", .amount),
      ("fee", .amount), ("gross", .amount), ("commission", .amount), ("net", .amount),
      ("rate", .text), ("refunded", .amount), ("held", .amount), ("recorded", .time),
    ])
    for sale in sales {
      sheet.add([
        .text(sale.orderID), .text(sale.userID == 0 ? "house" : "\(sale.userID)"),
        .amount(sale.price), .amount(sale.landedCost), .amount(sale.paymentFee),
        .amount(sale.gross), .amount(sale.commission), .amount(sale.net),
        .text(Shown.rate(sale.commissionRateBps)), .amount(sale.refunded), .amount(sale.held),
        .time(sale.recordedAt),
      ])
    }
    return sheet
  }
}
