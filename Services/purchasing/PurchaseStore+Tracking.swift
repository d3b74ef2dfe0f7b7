import Contract
import Store

/// What the supplier said last about goods on their way.
extension PurchaseStore {
  struct KnownTracking: Sendable {
    let tracking: Tracking
    /// Milliseconds since the epoch; 0 when the supplier has told of news since.
    let askedAt: Int64
  }

  /// Nil before it was asked about this generation.
  func tracking(of purchase: Purchase) throws -> KnownTracking? {
    try transaction.row(
      "SELECT answer, askedAt FROM tracking WHERE orderID = $1 AND generation = $2",
      [.text(purchase.content.orderID), .integer(Int64(purchase.content.generation))]
    ).map {
      KnownTracking(
        tracking: try Tracking(protobuf: $0.blob("answer")), askedAt: $0.int("askedAt"))
    }
  }

  func keep(_ tracking: Tracking, of purchase: Purchase) throws {
    try transaction.run(
      """
      INSERT INTO tracking (orderID, generation, answer, askedAt) VALUES ($1, $2, $3, $4)
      ON CONFLICT (orderID, generation) DO UPDATE
      SET answer = excluded.answer, askedAt = excluded.askedAt
      """,
      [
        .text(purchase.content.orderID), .integer(Int64(purchase.content.generation)),
        .blob(try tracking.protobuf()), .integer(transaction.now),
      ])
  }
}
