import Contract
import Money
import Runtime
import Store

extension SaleStore {
  /// Books a sale, its commission and its two payouts.
  ///
  /// - Throws: `captureMissing` before the capture was booked, `OtherContent` for a replay with other
  ///   content, `captureDiffers` when price, fee, user or environment are not the capture's.
  func record(_ sale: NewSale, occurredAt: Int64?) throws -> Recorded<OrderBooks> {
    guard let found = try booksAndRate(sale.orderID) else {
      throw LedgerError.captureMissing(orderID: sale.orderID)
    }
    if let booked = found.books.sale {
      try compare(booked.sale, with: sale)
      return Recorded(value: found.books, isNew: false)
    }
    try require(sale, fits: found.books.capture)
    let booked = BookedSale(
      sale: sale, rateBasisPoints: found.rateBasisPoints,
      occurredAt: occurredAt ?? transaction.now, recordedAt: transaction.now)
    let books = found.books.selling(booked)
    let terms = try books.terms(of: booked)
    let figures = try SaleRules.figures(terms)
    try insert(booked)
    try Journal(transaction: transaction).append(
      JournalEntry(
        entryID: JournalEntry.ID.sale(sale.orderID), kind: .sale, orderID: sale.orderID,
        environment: sale.environment, occurredAt: booked.occurredAt,
        postings: try SaleRules.salePostings(terms, figures, refunded: books.refunded)))
    let payouts = PayoutStore(transaction: transaction)
    try payouts.create(
      try SaleRules.dues(terms, figures), orderID: sale.orderID, environment: sale.environment)
    if sale.userID != 0 {
      try payouts.wakeForPayeeBalance(
        .reseller(sale.userID), sale.environment, sale.price.currency)
    }
    return Recorded(value: books, isNew: true)
  }

  private func require(_ sale: NewSale, fits capture: Capture) throws(LedgerError) {
    let fits =
      capture.userID == sale.userID && capture.environment == sale.environment
      && capture.price == sale.price && capture.paymentFee == sale.paymentFee
    if fits { return }
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

  /// The row keeps the figures of the day; refunds leave it as it is.
  private func insert(_ booked: BookedSale) throws {
    let sale = booked.sale
    let figures = try SaleRules.figures(
      SaleTerms(
        price: sale.price, landedCost: sale.landedCost, paymentFee: sale.paymentFee,
        rateBasisPoints: booked.rateBasisPoints, fundedBy: sale.fundedBy, userID: sale.userID))
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
        .integer(figures.gross.minorUnits),
        .integer(figures.commission.minorUnits), .integer(figures.net.minorUnits),
        .integer(Int64(booked.rateBasisPoints)), .text(sale.fundedBy.rawValue),
        .text(sale.productURL), .text(sale.marketplace), .integer(booked.occurredAt),
        .integer(booked.recordedAt),
      ])
  }
}
