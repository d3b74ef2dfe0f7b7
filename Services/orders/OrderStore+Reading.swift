import Contract
import Money
import Runtime
import Store

extension OrderStore {
  /// The order with this id.
  func order(_ orderID: String) throws -> Order? {
    guard
      let row = try transaction.row(
        "SELECT * FROM buyerOrder WHERE orderID = $1", [.text(orderID)])
    else { return nil }
    return try order(row, waits: try waits(orderID))
  }

  /// - Throws: `NotFound`.
  func require(_ orderID: String) throws -> Order {
    guard let order = try order(orderID) else { throw NotFound(kind: "order", id: orderID) }
    return order
  }

  /// Which orders are listed.
  struct Selection: Sendable {
    /// Nil for all.
    var userID: Int64?
    /// Nil for all.
    var state: Order.State?
    /// Nil for both.
    var environment: Contract.Environment?
  }

  /// Orders, newest first, before a number (0 for the newest).
  func orders(_ selection: Selection, before number: Int64, limit: Int) throws
    -> [(Int64, Order)]
  {
    var conditions = "number < $1"
    var values: [SQLValue] = [
      .integer(number == 0 ? Int64.max : number), .integer(Int64(limit)),
    ]
    if let userID = selection.userID {
      values.append(.integer(userID))
      conditions += " AND userID = $\(values.count)"
    }
    if let state = selection.state {
      values.append(.text(state.rawValue))
      conditions += " AND state = $\(values.count)"
    }
    if let environment = selection.environment {
      values.append(.integer(Int64(environment.rawValue)))
      conditions += " AND environment = $\(values.count)"
    }
    return try transaction.rows(
      "SELECT * FROM buyerOrder WHERE \(conditions) ORDER BY number DESC LIMIT $2", values
    ).map { ($0.int("number"), try order($0, waits: waits($0.text("orderID")))) }
  }

  /// One step of an order's story.
  struct Event: Sendable {
    let sequence: Int64
    let recordedAt: Int64
    /// Nil for the first.
    let from: Order.State?
    let to: Order.State
    let cause: String
    let detail: String
    let actor: String
  }

  /// Most steps that one answer tells; an order has about ten.
  static let eventsMax = 1000

  /// An order's story, oldest first.
  func history(_ orderID: String) throws -> [Event] {
    try transaction.rows(
      "SELECT * FROM orderEvent WHERE orderID = $1 ORDER BY sequence LIMIT $2",
      [.text(orderID), .integer(Int64(Self.eventsMax))]
    ).map { row in
      guard let to = Order.State(rawValue: row.text("toState")) else {
        preconditionFailure("only states are written")
      }
      return Event(
        sequence: row.int("sequence"), recordedAt: row.int("recordedAt"),
        from: Order.State(rawValue: row.text("fromState")), to: to, cause: row.text("cause"),
        detail: row.text("detail"), actor: row.text("actor"))
    }
  }

  func order(_ row: Row, waits: [Wait]) throws -> Order {
    let currency = try Currency(validating: row.text("currency"))
    func amount(_ column: String) -> Amount? {
      row.intOrNil(column).map { Amount(minorUnits: $0, currency: currency) }
    }
    return Order(
      orderID: row.text("orderID"), listingID: row.text("listingID"), userID: row.int("userID"),
      environment: row.environment, productURL: row.text("productURL"),
      skuID: row.text("skuID"), title: row.text("title"), quantity: Int(row.int("quantity")),
      price: Amount(minorUnits: row.int("price"), currency: currency),
      checkoutAddress: try Address(protobuf: row.blob("checkoutAddress")),
      correctedAddress: row.isNull("correctedAddress")
        ? nil : try Address(protobuf: row.blob("correctedAddress")),
      returnURL: row.text("returnURL"), cancelURL: row.text("cancelURL"),
      progress: progress(row), payPalOrderID: row.text("payPalOrderID"),
      approveURL: row.text("approveURL"), captureID: row.text("captureID"),
      paymentFee: amount("paymentFee"), capturedAt: row.int("capturedAt"),
      captured: amount("capturedAmount"),
      captureRequestedAt: row.int("captureRequestedAt"), raisedCeiling: amount("raisedCeiling"),
      supplierOrderIDs: row.text("supplierOrderIDs").split(separator: "\n").map(String.init),
      landedCost: amount("landedCost"), purchasePath: row.text("purchasePath"),
      fundedBy: row.text("fundedBy"), purchasedAt: row.int("purchasedAt"),
      cancelRequestedAt: row.int("cancelRequestedAt"),
      refund: Refunding(
        payPalRefundID: row.text("payPalRefundID"), requestedAt: row.int("refundRequestedAt"),
        amount: amount("refundedAmount"), refundedAt: row.int("refundedAt")),
      shipment: Shipment(
        carrier: row.text("carrier"), trackingNumber: row.text("trackingNumber"),
        shippedAt: row.int("shippedAt"), deliveredAt: row.int("deliveredAt"),
        carrierSeenAt: row.int("carrierSeenAt"), carrierSaid: row.text("carrierSaid"),
        shippedLag: row.intOrNil("shippedLag"), deliveredLag: row.intOrNil("deliveredLag")),
      createdAt: row.int("createdAt"),
      updatedAt: row.int("updatedAt"), waits: waits)
  }

  private func progress(_ row: Row) -> Order.Progress {
    guard let state = Order.State(rawValue: row.text("state")) else {
      preconditionFailure("the schema admits no other state")
    }
    return Order.Progress(
      state: state, attention: Order.Attention(rawValue: row.text("attention")),
      paymentGeneration: Int(row.int("paymentGeneration")),
      purchaseGeneration: Int(row.int("purchaseGeneration")),
      refundGeneration: Int(row.int("refundGeneration")),
      isCaptureBooked: row.int("isCaptureBooked") == 1,
      isSaleBooked: row.int("isSaleBooked") == 1,
      isRefundBooked: row.int("isRefundBooked") == 1,
      isCancelRequested: row.int("cancelRequestedAt") != 0)
  }
}
