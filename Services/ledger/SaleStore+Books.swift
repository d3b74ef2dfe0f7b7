import Contract
import Money
import Runtime
import Store

extension SaleStore {
  private static let columns = """
    capture.*, sale.number, sale.landedCost, sale.rateBasisPoints, sale.fundedBy,
    sale.productURL, sale.marketplace, sale.occurredAt, sale.recordedAt,
    COALESCE((SELECT SUM(refunded) FROM refund
      WHERE refund.orderID = capture.orderID), 0) AS refunded,
    COALESCE((SELECT SUM(supplierRefunded) FROM refund
      WHERE refund.orderID = capture.orderID), 0) AS supplierRefunded,
    COALESCE((SELECT SUM(held) FROM dispute
      WHERE dispute.orderID = capture.orderID AND state = 'OPENED'), 0) AS held
    """
  /// The rate of an order's reseller: his own, else that of all, else the default.
  private static let rate = """
    COALESCE(
      (SELECT rateBasisPoints FROM commissionRate WHERE userID = capture.userID
        ORDER BY version DESC LIMIT 1),
      (SELECT rateBasisPoints FROM commissionRate WHERE userID = 0
        ORDER BY version DESC LIMIT 1),
      \(SaleRules.defaultRateBasisPoints)) AS rateNow
    """
  private static let tables = "capture LEFT JOIN sale ON sale.orderID = capture.orderID"
  private static let ofOrder =
    "SELECT \(columns) FROM \(tables) WHERE capture.orderID = $1"
  private static let ofOrderWithRate =
    "SELECT \(columns), \(rate) FROM \(tables) WHERE capture.orderID = $1"

  /// What is booked about an order; nil before its capture.
  func books(_ orderID: String) throws -> OrderBooks? {
    try transaction.row(Self.ofOrder, [.text(orderID)]).map(books)
  }

  /// The same with the rate at which its sale is booked, if that is now.
  func booksAndRate(_ orderID: String) throws -> (books: OrderBooks, rateBasisPoints: Int)? {
    try transaction.row(Self.ofOrderWithRate, [.text(orderID)]).map {
      (try books($0), Int($0.int("rateNow")))
    }
  }

  /// Sales in the order in which they were booked, after a number; user 0 for all.
  func sales(userID: Int64, after number: Int64, limit: Int) throws -> [(Int64, OrderBooks)] {
    let rows =
      userID == 0
      ? try transaction.rows(Self.ofAll, [.integer(number), .integer(Int64(limit))])
      : try transaction.rows(
        Self.ofReseller,
        [.integer(number), .integer(Int64(limit)), .text("\(Payee.reseller(userID))")])
    return try rows.map { ($0.int("number"), try books($0)) }
  }

  private static let ofAll =
    "SELECT \(columns) FROM \(tables) WHERE sale.number > $1 ORDER BY sale.number LIMIT $2"

  /// Each sale of a reseller has one payout to him, made with it; so they have the same order. The
  /// last sale of the page before says after which payout to go on.
  static let ofReseller = """
    SELECT \(columns) FROM payout JOIN sale ON sale.orderID = payout.orderID
      JOIN capture ON capture.orderID = sale.orderID
    WHERE payout.payee = $3 AND payout.payee <> 'admin' AND sale.number > $1
      AND payout.payoutID = payout.orderID || '/reseller'
      AND payout.number > COALESCE((
        SELECT made.number FROM sale AS last
          JOIN payout AS made ON made.payoutID = last.orderID || '/reseller'
        WHERE last.number = $1), 0)
    ORDER BY payout.number LIMIT $2
    """

  /// Captures by order id, after one; or those of some orders.
  func captures(_ orderIDs: [String], after orderID: String, limit: Int) throws -> [OrderBooks] {
    let condition =
      orderIDs.isEmpty
      ? "capture.orderID > $1"
      : "$1 = $1 AND capture.orderID IN ("
        + (0..<orderIDs.count).map { "$\($0 + 3)" }.joined(separator: ", ") + ")"
    return try transaction.rows(
      "SELECT \(Self.columns) FROM \(Self.tables)"
        + " WHERE \(condition) ORDER BY capture.orderID LIMIT $2",
      [.text(orderID), .integer(Int64(limit))] + orderIDs.map { .text($0) }
    ).map(books)
  }

  private func books(_ row: Row) throws -> OrderBooks {
    let capture = try capture(row)
    func amount(_ column: String) -> Amount {
      Amount(minorUnits: row.int(column), currency: capture.price.currency)
    }
    return OrderBooks(
      capture: capture, sale: row.isNull("number") ? nil : booked(row, capture, amount),
      refunded: amount("refunded"), supplierRefunded: amount("supplierRefunded"),
      held: amount("held"))
  }

  private func booked(_ row: Row, _ capture: Capture, _ amount: (String) -> Amount) -> BookedSale {
    BookedSale(
      sale: NewSale(
        orderID: capture.orderID, userID: capture.userID, environment: capture.environment,
        price: capture.price, landedCost: amount("landedCost"), paymentFee: capture.paymentFee,
        fundedBy: Funder(rawValue: row.text("fundedBy")) ?? .platform,
        productURL: row.text("productURL"), marketplace: row.text("marketplace")),
      rateBasisPoints: Int(row.int("rateBasisPoints")), occurredAt: row.int("occurredAt"),
      recordedAt: row.int("recordedAt"))
  }
}
