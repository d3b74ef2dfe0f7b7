/// An order that the supplier has.
///
/// **Invariant:** its state follows from its times: placed, paid, shipped, finished or cancelled.
struct SupplierOrder: Sendable {
  enum Event: String, Sendable {
    case pay, ship, finish, cancel
  }

  /// Money is in US cents. Shipping is for the line, price and tax are for a piece.
  struct Line: Sendable {
    let productID: String
    let skuID: String
    let title: String
    let count: Int64
    var price: Int64
    let shipping: Int64
    let tax: Int64
    let freight: FreightOption

    var goods: Int64 { price * count }
    var taxes: Int64 { tax * count }
    var total: Int64 { goods + taxes + shipping }
  }

  /// How an order came, and where it goes.
  struct Origin: Sendable {
    enum Path: String, Sendable { case api, browser }

    let path: Path
    /// As in a request of the supplier's interface.
    let address: JSON
  }

  let id: Int64
  let outOrderID: String
  let account: String
  let appKey: String
  let origin: Origin
  let storeID: Int64
  let lines: [Line]
  let placedAt: Int64
  /// An unpaid order lapses after this.
  let payTimeoutSeconds: Int64
  var paidAt: Int64?
  var shippedAt: Int64?
  var finishedAt: Int64?
  var cancelledAt: Int64?

  var total: Int64 { lines.reduce(0) { $0 + $1.total } }

  func isPaid(at now: Int64) -> Bool { paidAt.map { $0 <= now } ?? false }
  func isShipped(at now: Int64) -> Bool { shippedAt.map { $0 <= now } ?? false }

  func isCancelled(at now: Int64) -> Bool {
    if let cancelledAt { return cancelledAt <= now }
    return paidAt == nil && now - placedAt >= payTimeoutSeconds * 1000
  }

  /// The supplier's `order_status`.
  func status(at now: Int64) -> String {
    if isCancelled(at: now) { return "FINISH" }
    if let finishedAt, finishedAt <= now { return "FINISH" }
    if isShipped(at: now) { return "WAIT_BUYER_ACCEPT_GOODS" }
    return isPaid(at: now) ? "WAIT_SELLER_SEND_GOODS" : "PLACE_ORDER_SUCCESS"
  }

  /// The supplier's `logistics_status`.
  func logisticsStatus(at now: Int64) -> String {
    if let finishedAt, finishedAt <= now { return "BUYER_ACCEPT_GOODS" }
    if isShipped(at: now) { return "SELLER_SEND_GOODS" }
    return isPaid(at: now) ? "WAIT_SELLER_SEND_GOODS" : "NO_LOGISTICS"
  }

  var trackingNumber: String { "LX\(id % 1_000_000_000)CN" }

  /// Plans what follows a payment, as the settings say.
  mutating func pay(at time: Int64, _ settings: WorldSettings) {
    paidAt = time
    guard settings.supplierShipDelay >= 0 else { return }
    let shipped = time + settings.supplierShipDelay
    shippedAt = shipped
    if settings.supplierFinishDelay >= 0 { finishedAt = shipped + settings.supplierFinishDelay }
  }
}
