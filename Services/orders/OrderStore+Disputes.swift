import Store

/// The buyers' disputes at PayPal, each by itself.
extension OrderStore {
  /// Keeps what was told of a dispute, and shows all that are open. What is older than what is known
  /// of the same dispute says nothing; one that is told of as open after it was over is open again.
  func follow(_ dispute: PayPalPush.Dispute, toldAt: Int64, _ order: Order) throws {
    let key: [SQLValue] = [.text(order.orderID), .text(dispute.id)]
    let known = try transaction.row(
      "SELECT isOpen, toldAt FROM dispute WHERE orderID = $1 AND disputeID = $2", key)
    if let known, known.int("toldAt") > toldAt { return }
    let isOpen = !dispute.isOver
    let detail = dispute.words
    try transaction.run(
      """
      INSERT INTO dispute (orderID, disputeID, status, detail, isOpen, openedAt, toldAt)
      VALUES ($1, $2, $3, $4, $5, $6, $6)
      ON CONFLICT (orderID, disputeID) DO UPDATE SET status = $3, detail = $4, toldAt = $6,
        openedAt = CASE WHEN isOpen = 0 AND $5 = 1 THEN $6 ELSE openedAt END, isOpen = $5
      """,
      key + [
        .text(dispute.status), .text(detail), .integer(isOpen ? 1 : 0), .integer(toldAt),
      ])
    try showDisputes(of: order)
    guard isOpen != known.map({ $0.int("isOpen") == 1 }) else { return }
    _ = try note(isOpen ? .disputeOpened : .disputeClosed, of: order, detail: detail)
  }

  private func showDisputes(of order: Order) throws {
    let open = try transaction.rows(
      """
      SELECT detail, status FROM dispute WHERE orderID = $1 AND isOpen = 1
      ORDER BY openedAt, disputeID
      """, [.text(order.orderID)])
    guard let newest = open.last else { return try endWait(.dispute, of: order) }
    let all = open.map { $0.text("detail") }.joined(separator: "; ")
    try put(
      NewWait(
        subject: .dispute,
        reason: OrderReason(
          code: "DISPUTE_OPEN", text: "the buyer disputes the payment at PayPal: \(all)",
          owner: "platform", providerCode: newest.text("status")),
        next: "a person answers it at PayPal, and books it in the ledger", nextAt: 0),
      order.orderID)
  }
}

extension PayPalPush.Dispute {
  /// For people.
  fileprivate var words: String {
    "dispute \(id) \(reason) \(amount)".split(separator: " ").joined(separator: " ")
  }
}
