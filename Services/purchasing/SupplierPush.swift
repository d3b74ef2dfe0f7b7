import Outside
import Runtime

/// What AliExpress pushed about one of its orders.
///
///     {"data":{"buyerId":1861703697,"orderId":1105933950463697,"orderStatus":"OrderCreated"},
///      "message_type":53,"seller_id":"1234","site":"ae_global","timestamp":1719389200}
///
/// Source: AliExpress Open Platform, "How to use Webhook". The vendor's layout of its signature is not
/// known, so nothing that it says is believed: it only makes us ask.
struct SupplierPush: Hashable, Sendable {
  let supplierOrderID: String
  /// Such as OrderCreated, PaymentAuthorized, paymentFailedEvent, OrderShipped, OrderClosed.
  let status: String

  /// Nil for everything else.
  init?(_ event: ProviderEvent) {
    guard event.provider == .aliExpress, let data = event.json?["data"],
      let id = data["orderId"]?.text, AliExpressReading.isID(id)
    else { return nil }
    supplierOrderID = id
    status = data["orderStatus"]?.text ?? ""
  }
}

/// Which pushed order is that of a purchase whose outcome is unknown. Pure.
///
/// The supplier's order does not say under which key it was placed. What it does say must fit: the
/// account (others' orders cannot be read), the variant, the quantity, the address as far as it is
/// told, and the time at which it was told of. Where another order or another purchase would fit as
/// well, a person decides.
enum PushRules {
  /// Clocks differ by less, and a push comes within minutes of the order.
  static let earlyMax: Int64 = 60 * 1000
  static let lateMax: Int64 = 15 * 60 * 1000
  /// Most pushed orders that are read for one purchase; with more of them nothing is concluded.
  static let readingsMax = 200

  /// Whether a search that cannot conclude yet may be made again.
  static func mayWait(_ purchase: Purchase, now: Int64) -> Bool {
    now - purchase.sentAt < 2 * lateMax
  }

  enum Verdict: Hashable, Sendable {
    /// None of them fits.
    case none
    case own(String)
    /// Some would fit, and it is not certain which, or whose they are.
    case several([String])
  }

  /// - Parameters:
  ///   - found: the account's orders among those that were pushed.
  ///   - rivals: other purchases of the account that were sent about then, and whose orders are not
  ///     known either.
  static func verdict(
    _ found: [SupplierOrder], _ content: PurchaseContent, rivals: [PurchaseContent]
  ) -> Verdict {
    let fitting = found.filter { fits($0, content) }
    guard let first = fitting.first else { return .none }
    let isAlone = fitting.count == 1 && count(first) == Int64(content.quantity)
    guard isAlone, !rivals.contains(where: { fits(first, $0) }) else {
      return .several(fitting.map(\.id))
    }
    return .own(first.id)
  }

  /// Whether an order, or a part of it where the supplier makes several of one request, may be a
  /// purchase's.
  private static func fits(_ order: SupplierOrder, _ content: PurchaseContent) -> Bool {
    guard !order.lines.isEmpty, order.destination?.contradiction(to: content.shipTo) == nil,
      order.lines.allSatisfy({ $0.productID == content.productID && $0.skuID == content.skuID })
    else { return false }
    return (1...Int64(content.quantity)).contains(count(order))
  }

  private static func count(_ order: SupplierOrder) -> Int64 {
    order.lines.reduce(Int64(0)) { $0.addingReportingOverflow($1.count).partialValue }
  }

  /// What a person is told of orders that would fit.
  static func several(_ ids: [String], _ content: PurchaseContent) -> PurchaseReason {
    PlacingRules.askPerson(
      content.key,
      "the supplier has told of orders that would fit it, and it is not certain whose they are ("
        + "\(ids.prefix(10).joined(separator: ", ")))")
  }

  static func tooMany(_ content: PurchaseContent) -> PurchaseReason {
    PlacingRules.askPerson(
      content.key,
      "the supplier told of more than \(readingsMax) orders at that time, too many to be compared")
  }
}
