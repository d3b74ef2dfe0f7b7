import Contract
import Money
import Runtime
import Store

/// Captures, sales, fundings and commission rates, each written with its journal entry.
///
/// A replay with the same content finds what was written the first time; with other content it is
/// `OtherContent`. When the event occurred is not compared: the first time stands.
struct SaleStore {
  let transaction: Transaction
  private var journal: Journal { Journal(transaction: transaction) }
  private var payouts: PayoutStore { PayoutStore(transaction: transaction) }

  /// Books a capture; wakes payouts that wait for money in our PayPal account.
  func record(_ capture: Capture, occurredAt: Int64?) throws -> Recorded<StoredEntry> {
    let entryID = JournalEntry.ID.capture(capture.orderID)
    let isNew = try transaction.run(
      """
      INSERT INTO capture (orderID, userID, environment, currency, price, paymentFee, captureID)
      VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
      """,
      [
        .text(capture.orderID), .integer(capture.userID),
        .integer(Int64(capture.environment.rawValue)), .text(capture.price.currency.code),
        .integer(capture.price.minorUnits), .integer(capture.paymentFee.minorUnits),
        .text(capture.captureID),
      ])
    guard isNew == 1 else {
      try compare(capture)
      guard let entry = try journal.entry(entryID) else {
        throw NotFound(kind: "journal entry", id: entryID)
      }
      return Recorded(value: entry, isNew: false)
    }
    let entry = try journal.append(
      JournalEntry(
        entryID: entryID, kind: .capture, orderID: capture.orderID,
        environment: capture.environment, occurredAt: occurredAt ?? transaction.now,
        postings: try SaleRules.capturePostings(
          price: capture.price, paymentFee: capture.paymentFee)))
    try payouts.wakeForPlatformBalance(
      capture.environment, capture.price.currency, includesRefused: false)
    return Recorded(value: entry, isNew: true)
  }

  private func compare(_ given: Capture) throws {
    guard
      let row = try transaction.row(
        "SELECT * FROM capture WHERE orderID = $1", [.text(given.orderID)])
    else {
      let other = try transaction.row(
        "SELECT orderID FROM capture WHERE environment = $1 AND captureID = $2",
        [.integer(Int64(given.environment.rawValue)), .text(given.captureID)])
      throw OtherContent(
        kind: "capture", id: given.captureID, field: "capture_id",
        stored: "booked for order \(other?.text("orderID") ?? "")", given: given.orderID)
    }
    let stored = try capture(row)
    try Comparison(kind: "capture of order", id: given.orderID).require([
      ("user_id", "\(stored.userID)", "\(given.userID)"),
      ("environment", stored.environment.word, given.environment.word),
      ("price", "\(stored.price)", "\(given.price)"),
      ("payment_fee", "\(stored.paymentFee)", "\(given.paymentFee)"),
      ("capture_id", stored.captureID, given.captureID),
    ])
  }

  func capture(_ row: Row) throws -> Capture {
    let currency = try Currency(validating: row.text("currency"))
    return Capture(
      orderID: row.text("orderID"), userID: row.int("userID"),
      environment: row.environment,
      price: Amount(minorUnits: row.int("price"), currency: currency),
      paymentFee: Amount(minorUnits: row.int("paymentFee"), currency: currency),
      captureID: row.text("captureID"))
  }

  /// Books money put in or taken out; wakes payouts that wait for it.
  func record(_ funding: Funding, occurredAt: Int64?) throws -> Recorded<StoredEntry> {
    let entryID = JournalEntry.ID.funding(funding.fundingID)
    let stored = try transaction.row(
      "SELECT * FROM funding WHERE fundingID = $1", [.text(funding.fundingID)])
    if let stored, let entry = try journal.entry(entryID) {
      let currency = try Currency(validating: stored.text("currency"))
      let amount = Amount(minorUnits: stored.int("amount"), currency: currency)
      try Comparison(kind: "funding", id: funding.fundingID).require([
        ("environment", stored.environment.word, funding.environment.word),
        ("direction", stored.text("direction"), funding.direction.rawValue),
        ("amount", "\(amount)", "\(funding.amount)"),
      ])
      return Recorded(value: entry, isNew: false)
    }
    try transaction.run(
      """
      INSERT INTO funding (fundingID, environment, direction, currency, amount)
      VALUES ($1, $2, $3, $4, $5)
      """,
      [
        .text(funding.fundingID), .integer(Int64(funding.environment.rawValue)),
        .text(funding.direction.rawValue), .text(funding.amount.currency.code),
        .integer(funding.amount.minorUnits),
      ])
    let entry = try journal.append(
      JournalEntry(
        entryID: entryID, kind: .funding, orderID: "", environment: funding.environment,
        occurredAt: occurredAt ?? transaction.now, postings: [funding.posting]))
    try payouts.wakeForPlatformBalance(
      funding.environment, funding.amount.currency, includesRefused: true)
    return Recorded(value: entry, isNew: true)
  }
}
