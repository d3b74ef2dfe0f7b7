import Contract
import Money
import Runtime
import Store

extension SaleStore {
  /// Books a sale, its commission and its two payouts.
  ///
  /// - Throws: `captureMissing` before the capture was booked, `captureDiffers` when price, fee,
  ///   user or environment are not the capture's, `conflict` for a replay with other content.
  func record(_ sale: NewSale, occurredAt: Int64?) throws -> Recorded<BookedSale> {
    guard let found = try captureAndRate(sale.orderID) else {
      throw LedgerError.captureMissing(orderID: sale.orderID)
    }
    if let booked = found.isBooked ? try self.sale(sale.orderID) : nil {
      try compare(booked.sale, with: sale)
      return Recorded(value: booked, isNew: false)
    }
    try require(sale, fits: found.capture)
    let terms = SaleTerms(
      price: sale.price, landedCost: sale.landedCost, paymentFee: sale.paymentFee,
      rateBasisPoints: found.rateBasisPoints, fundedBy: sale.fundedBy, userID: sale.userID)
    let figures = try SaleRules.figures(terms)
    let booked = BookedSale(
      sale: sale, figures: figures, rateBasisPoints: found.rateBasisPoints,
      occurredAt: occurredAt ?? transaction.now, recordedAt: transaction.now)
    try insert(booked)
    try Journal(transaction: transaction).append(
      JournalEntry(
        entryID: JournalEntry.ID.sale(sale.orderID), kind: .sale, orderID: sale.orderID,
        environment: sale.environment, occurredAt: booked.occurredAt,
        postings: try SaleRules.salePostings(terms, figures)))
    let payouts = PayoutStore(transaction: transaction)
    try payouts.create(
      try SaleRules.dues(terms, figures), orderID: sale.orderID, environment: sale.environment)
    if sale.userID != 0 {
      try payouts.wakeForPayeeBalance(
        .reseller(sale.userID), sale.environment, sale.price.currency)
    }
    return Recorded(value: booked, isNew: true)
  }

  /// The booked capture of an order, whether its sale is booked, and the rate of its reseller: his
  /// own, else that of all, else the default.
  private func captureAndRate(_ orderID: String) throws -> (
    capture: Capture, isBooked: Bool, rateBasisPoints: Int
  )? {
    let row = try transaction.row(
      """
      SELECT capture.*,
        (SELECT COUNT(*) FROM sale WHERE sale.orderID = capture.orderID) AS isBooked,
        COALESCE(
          (SELECT rateBasisPoints FROM commissionRate WHERE userID = capture.userID
            ORDER BY version DESC LIMIT 1),
          (SELECT rateBasisPoints FROM commissionRate WHERE userID = 0
            ORDER BY version DESC LIMIT 1),
          $2) AS rateBasisPoints
      FROM capture WHERE orderID = $1
      """,
      [.text(orderID), .integer(Int64(SaleRules.defaultRateBasisPoints))])
    return try row.map {
      (try capture($0), $0.int("isBooked") > 0, Int($0.int("rateBasisPoints")))
    }
  }

  private func require(_ sale: NewSale, fits capture: Capture) throws(LedgerError) {
    let pairs = [
      ("user_id", "\(capture.userID)", "\(sale.userID)"),
      ("environment", capture.environment.word, sale.environment.word),
      ("price", "\(capture.price)", "\(sale.price)"),
      ("payment_fee", "\(capture.paymentFee)", "\(sale.paymentFee)"),
    ]
    for (field, captured, given) in pairs where captured != given {
      throw .captureDiffers(
        orderID: sale.orderID, field: field, captured: captured, given: given)
    }
  }

  private func compare(_ stored: NewSale, with given: NewSale) throws(OtherContent) {
    try Comparison(kind: "sale of order", id: given.orderID).require([
      ("user_id", "\(stored.userID)", "\(given.userID)"),
      ("environment", stored.environment.word, given.environment.word),
      ("price", "\(stored.price)", "\(given.price)"),
      ("landed_cost", "\(stored.landedCost)", "\(given.landedCost)"),
      ("payment_fee", "\(stored.paymentFee)", "\(given.paymentFee)"),
      ("funded_by", stored.fundedBy.rawValue, given.fundedBy.rawValue),
      ("product_url", stored.productURL, given.productURL),
      ("marketplace", stored.marketplace, given.marketplace),
    ])
  }

  private func insert(_ booked: BookedSale) throws {
    let sale = booked.sale
    try transaction.run(
      """
      INSERT INTO sale (orderID, userID, environment, currency, price, landedCost, paymentFee,
        gross, commission, net, rateBasisPoints, fundedBy, productURL, marketplace, occurredAt,
        recordedAt)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
      """,
      [
        .text(sale.orderID), .integer(sale.userID), .integer(Int64(sale.environment.rawValue)),
        .text(sale.price.currency.code), .integer(sale.price.minorUnits),
        .integer(sale.landedCost.minorUnits), .integer(sale.paymentFee.minorUnits),
        .integer(booked.figures.gross.minorUnits),
        .integer(booked.figures.commission.minorUnits), .integer(booked.figures.net.minorUnits),
        .integer(Int64(booked.rateBasisPoints)), .text(sale.fundedBy.rawValue),
        .text(sale.productURL), .text(sale.marketplace), .integer(booked.occurredAt),
        .integer(booked.recordedAt),
      ])
  }

  /// The sale of an order.
  func sale(_ orderID: String) throws -> BookedSale? {
    try transaction.row("SELECT * FROM sale WHERE orderID = $1", [.text(orderID)]).map(booked)
  }

  /// Sales in the order in which they were booked, after a number; user 0 for all.
  func sales(userID: Int64, after number: Int64, limit: Int) throws -> [(Int64, BookedSale)] {
    let condition = userID == 0 ? "$1 = 0" : "userID = $1"
    return try transaction.rows(
      "SELECT * FROM sale WHERE \(condition) AND number > $2 ORDER BY number LIMIT $3",
      [.integer(userID), .integer(number), .integer(Int64(limit))]
    ).map { ($0.int("number"), try booked($0)) }
  }

  private func booked(_ row: Row) throws -> BookedSale {
    let currency = try Currency(validating: row.text("currency"))
    func amount(_ column: String) -> Amount {
      Amount(minorUnits: row.int(column), currency: currency)
    }
    return BookedSale(
      sale: NewSale(
        orderID: row.text("orderID"), userID: row.int("userID"), environment: row.environment,
        price: amount("price"), landedCost: amount("landedCost"),
        paymentFee: amount("paymentFee"),
        fundedBy: Funder(rawValue: row.text("fundedBy")) ?? .platform,
        productURL: row.text("productURL"), marketplace: row.text("marketplace")),
      figures: SaleFigures(
        gross: amount("gross"), commission: amount("commission"), net: amount("net")),
      rateBasisPoints: Int(row.int("rateBasisPoints")), occurredAt: row.int("occurredAt"),
      recordedAt: row.int("recordedAt"))
  }
}
