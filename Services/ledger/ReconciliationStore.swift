import Contract
import Money
import PayPal
import Store

/// What the books have about money at PayPal.
struct ReconciliationStore {
  /// Most bookings that one comparison holds.
  static let bookingsMax = 200_000
  /// Most batches that one comparison asks PayPal about.
  static let batchesMax = 500
  private static let idsPerQuery = 500

  let transaction: Transaction

  /// Captures, refunds, lost disputes and fundings of a time that moved money at PayPal; payouts are
  /// known by their batches.
  func bookings(_ environment: Contract.Environment, from: Int64, until: Int64) throws
    -> [Reconciliation.Booked]
  {
    try transaction.rows(
      """
      SELECT entryID, kind, journalEntry.orderID, occurredAt, currency,
        SUM(CASE WHEN debit = 'paypal' THEN amount WHEN kind = 'capture' THEN 0 ELSE -amount END)
          AS moved
      FROM journalEntry JOIN posting USING (chain, sequence)
      WHERE environment = $1 AND occurredAt >= $2 AND occurredAt < $3
        AND kind IN ('capture', 'refund', 'dispute', 'funding')
        AND (debit = 'paypal' OR credit = 'paypal')
      GROUP BY chain, sequence, entryID, kind, journalEntry.orderID, occurredAt, currency
      ORDER BY chain, sequence LIMIT \(Self.bookingsMax + 1)
      """,
      [.integer(Int64(environment.rawValue)), .integer(from), .integer(until)]
    ).map { row in
      let kind: ReconcileKind =
        switch row.text("kind") {
        case "capture": .capture
        case "funding": .funding
        default: .refund
        }
      return Reconciliation.Booked(
        entryID: row.text("entryID"), kind: kind, orderID: row.text("orderID"),
        at: row.int("occurredAt"),
        amount: Amount(
          minorUnits: row.int("moved"), currency: try Currency(validating: row.text("currency"))))
    }
  }

  /// Captures by PayPal's ids; ids that are none are left out.
  func captures(_ ids: Set<String>, _ environment: Contract.Environment) throws
    -> [String: Reconciliation.Captured]
  {
    var (found, rest) = ([String: Reconciliation.Captured](), ids.sorted()[...])
    while !rest.isEmpty {
      let some = rest.prefix(Self.idsPerQuery)
      rest = rest.dropFirst(Self.idsPerQuery)
      let places = some.indices.map { "$\($0 - some.startIndex + 2)" }.joined(separator: ", ")
      let rows = try transaction.rows(
        """
        SELECT orderID, captureID, price, paymentFee, currency FROM capture
        WHERE environment = $1 AND captureID IN (\(places))
        """,
        [.integer(Int64(environment.rawValue))] + some.map { .text($0) })
      for row in rows {
        let currency = try Currency(validating: row.text("currency"))
        found[row.text("captureID")] = Reconciliation.Captured(
          orderID: row.text("orderID"), captureID: row.text("captureID"),
          price: Amount(minorUnits: row.int("price"), currency: currency),
          fee: Amount(minorUnits: row.int("paymentFee"), currency: currency))
      }
    }
    return found
  }

  /// Payouts of which a person attested that they were paid, by the id that PayPal gave them.
  func attested(_ ids: Set<String>, _ environment: Contract.Environment) throws
    -> [String: Reconciliation.Sent]
  {
    let rows = try transaction.rows(
      """
      SELECT providerID, sent, payoutID, payoutAttestation.generation, payout.state
      FROM payoutAttestation JOIN payout USING (payoutID)
      WHERE providerID <> '' AND environment = $1
      """,
      [.integer(Int64(environment.rawValue))])
    var found: [String: Reconciliation.Sent] = [:]
    for row in rows where ids.contains(row.text("providerID")) {
      let payout = try PayoutStore(transaction: transaction).require(row.text("payoutID"))
      let said = row.text("sent").split(separator: " ").first.map(String.init)
      let sent = try said.map { try Amount(decimal: $0, currency: payout.due.currency) }
      guard let amount = sent ?? payout.amount else { continue }
      found[row.text("providerID")] = Reconciliation.Sent(
        payoutID: payout.payoutID, senderItemID: payout.senderItemID(Int(row.int("generation"))),
        amount: amount, fee: payout.fee, state: payout.state, at: payout.submittedAt)
    }
    return found
  }

  /// PayPal's ids of the batches of a time, newest first.
  func batches(_ environment: Contract.Environment, from: Int64, until: Int64) throws -> [String] {
    try transaction.rows(
      """
      SELECT batchID FROM payoutBatch
      WHERE environment = $1 AND createdAt >= $2 AND createdAt < $3 AND state = 'ACCEPTED'
      ORDER BY createdAt DESC LIMIT \(Self.batchesMax + 1)
      """,
      [.integer(Int64(environment.rawValue)), .integer(from), .integer(until)]
    ).map { $0.text("batchID") }
  }

  /// What is booked about the payouts of a batch.
  func sent(inBatch batchID: String) throws -> [Reconciliation.Sent] {
    let payouts = PayoutStore(transaction: transaction)
    let rows = try transaction.rows(
      """
      SELECT payoutID, payout.generation, payout.state, payout.amount, 1 AS isNewest
      FROM payout JOIN payoutBatch USING (senderBatchID)
      WHERE payoutBatch.batchID = $1 AND payout.coveredBy = ''
      UNION ALL
      SELECT payoutEnd.payoutID, payoutEnd.generation, payoutEnd.state, payoutEnd.amount, 0
      FROM payoutEnd JOIN payout USING (payoutID)
      WHERE payoutEnd.batchID = $1
        AND (payoutEnd.generation <> payout.generation OR payout.senderBatchID = '')
      """, [.text(batchID)])
    return try rows.map { row in
      let payout = try payouts.require(row.text("payoutID"))
      guard let state = Payout.State(rawValue: row.text("state")) else {
        preconditionFailure("the schema admits no other state")
      }
      return Reconciliation.Sent(
        payoutID: payout.payoutID, senderItemID: payout.senderItemID(Int(row.int("generation"))),
        amount: Amount(minorUnits: row.int("amount"), currency: payout.due.currency),
        fee: row.int("isNewest") == 1 ? payout.fee : nil, state: state,
        at: payout.submittedAt == 0 ? payout.createdAt : payout.submittedAt)
    }
  }
}
