import Contract
import Money
import Testing

@testable import Purchasing

/// What may be bought, how it goes on, and when it is paid.
@Suite struct RulesTests {
  private static func usd(_ cents: Int64) -> Amount { Amount(minorUnits: cents, currency: .usd) }
  private static let sku = "12000000000000001"

  private static func product(
    _ change: (status: String, sku: SupplierProduct.SKU) = ("onSelling", ScriptedSupplier.sku(sku))
  ) -> SupplierProduct {
    SupplierProduct(status: change.status, skus: [change.sku])
  }

  private static func code(
    _ product: SupplierProduct, quantity: Int = 1, deliveries: [Delivery] = ScriptedSupplier.ways,
    ceiling: Amount? = nil
  ) -> String {
    do throws(PurchaseReason) {
      let quote = try PurchaseRules.quote(
        product, skuID: sku, quantity: quantity, deliveries: deliveries, ceiling: ceiling)
      return "\(quote.deliveryCode) \(quote.landed.minorUnits)"
    } catch {
      return error.code.rawValue
    }
  }

  @Test func `the cheapest tracked delivery is taken and everything is in the cost`() {
    #expect(Self.code(Self.product()) == "STANDARD 800")
    #expect(Self.code(Self.product(), quantity: 3) == "STANDARD 2100")
    #expect(Self.code(Self.product(), ceiling: Self.usd(800)) == "STANDARD 800")
    #expect(Self.code(Self.product(), ceiling: Self.usd(799)) == "ABOVE_CEILING")
  }

  @Test func `what is not certain is not bought`() {
    let unpriced = ScriptedSupplier.sku(Self.sku, price: nil)
    #expect(Self.code(Self.product(("onSelling", unpriced))) == "PRICE_UNREADABLE")
    let other = ScriptedSupplier.sku("1")
    #expect(Self.code(Self.product(("onSelling", other))) == "SKU_NOT_FOUND")
    let scarce = ScriptedSupplier.sku(Self.sku, stock: 1)
    #expect(Self.code(Self.product(("onSelling", scarce)), quantity: 2) == "OUT_OF_STOCK")
    #expect(
      Self.code(Self.product(("offline", ScriptedSupplier.sku(Self.sku)))) == "NOT_ON_SALE")
    #expect(Self.code(Self.product(), deliveries: []) == "DELIVERY_NOT_AVAILABLE")
    let untracked = [Delivery(code: "U", fee: Self.usd(1), isTracked: false)]
    #expect(Self.code(Self.product(), deliveries: untracked) == "NO_TRACKED_DELIVERY")
    let unreadable = [Delivery(code: "T", fee: nil, isTracked: true)]
    #expect(Self.code(Self.product(), deliveries: unreadable) == "PRICE_UNREADABLE")
    let yen = Amount(minorUnits: 99_999, currency: .init(jpy: ()))
    #expect(Self.code(Self.product(), ceiling: yen) == "CURRENCY_NOT_SUPPORTED")
  }

  @Test func `above a promotion's limit the list price holds, or nothing is sold`() {
    func limited(isStrict: Bool) -> SupplierProduct {
      Self.product(
        (
          "onSelling",
          SupplierProduct.SKU(
            skuID: Self.sku, attributes: "", price: Self.usd(650), listPrice: Self.usd(1300),
            taxOnTop: Self.usd(10), stock: 9, limit: 1, isLimitStrict: isStrict)
        ))
    }
    #expect(Self.code(limited(isStrict: true)) == "STANDARD 810")
    #expect(Self.code(limited(isStrict: true), quantity: 2) == "QUANTITY_ABOVE_LIMIT")
    #expect(Self.code(limited(isStrict: false), quantity: 2) == "STANDARD 2770")
  }

  // MARK: How it goes on

  private static func purchase(
    _ state: Purchasing.Purchase.State, tries: Int = 0, sentAt: Int64 = 1000,
    createdAt: Int64 = 1000
  ) -> Purchasing.Purchase {
    Purchasing.Purchase(
      content: PurchaseContent(
        orderID: "o-1", generation: 1, userID: 42, environment: .sandbox, productURL: "",
        productID: "1", skuID: sku, quantity: 1, shipTo: Address(), ceiling: usd(1)),
      state: state, path: "", request: "", supplierOrderIDs: [], cost: nil, reason: nil,
      resolvedBy: .none, tries: tries, sentAt: sentAt, placedAt: 0, nextAt: 0,
      createdAt: createdAt, updatedAt: createdAt)
  }

  private static func next(
    _ purchase: Purchasing.Purchase, _ last: Purchasing.Attempt.Outcome? = nil,
    mayRepeat: Bool = true,
    now: Int64 = 2000
  ) -> String {
    switch PlacingRules.next(purchase, lastOutcome: last, mayRepeat: mayRepeat, now: now) {
    case .nothing: "nothing"
    case .place: "place"
    case .lookUp: "lookUp"
    case .askPerson(let reason): reason.code.rawValue
    case .poll: "poll"
    }
  }

  @Test func `the state says what comes next`() {
    let day: Int64 = 24 * 3600 * 1000
    #expect(Self.next(Self.purchase(.requested)) == "place")
    #expect(Self.next(Self.purchase(.placing), .notAccepted) == "place")
    #expect(Self.next(Self.purchase(.placing), .started) == "lookUp")
    #expect(Self.next(Self.purchase(.placing, tries: 19), .started) == "lookUp")
    #expect(Self.next(Self.purchase(.unknown), .unknown) == "lookUp")
    #expect(Self.next(Self.purchase(.unknown), mayRepeat: false) == "PURCHASE_UNKNOWN")
    #expect(Self.next(Self.purchase(.unknown), now: day) == "PURCHASE_UNKNOWN")
    #expect(Self.next(Self.purchase(.unknown), now: 1000 + day - 3_600_001) == "lookUp")
    #expect(Self.next(Self.purchase(.unknown), now: 0) == "PURCHASE_UNKNOWN")
    #expect(
      Self.next(Self.purchase(.unknown, tries: PlacingRules.lookUpsMax)) == "PURCHASE_UNKNOWN")
    #expect(Self.next(Self.purchase(.awaitingSupplierPayment)) == "poll")
    for state in [Purchasing.Purchase.State.purchased, .refused, .closed] {
      #expect(Self.next(Self.purchase(state)) == "nothing")
    }
  }

  private static let busy = PurchaseReason(
    code: .rateLimited, text: "busy", owner: .nobody, providerCode: "ApiCallLimit")

  @Test func `passing failures are tried again within bounds, then refused with their reason`() {
    func conclude(tries: Int, seconds: Int? = nil, now: Int64 = 2000) -> String {
      let purchase = Self.purchase(.placing, tries: tries)
      switch PlacingRules.tryAgain(Self.busy, purchase, retryAfterSeconds: seconds, now: now) {
      case .again(_, let pause): return "again \(pause)"
      case .refused(let reason): return "refused \(reason.code.rawValue) \(reason.owner)"
      case .placed, .unknown: return "?"
      }
    }
    #expect(
      (0..<8).map { conclude(tries: $0) }
        == [1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000].map { "again \($0)" })
    #expect(conclude(tries: 0, seconds: 5) == "again 6000")
    #expect(conclude(tries: 19) == "refused RATE_LIMITED platform")
    #expect(conclude(tries: 0, seconds: 14_229) == "refused BAN_TOO_LONG platform")
    #expect(conclude(tries: 3, now: 1_900_000) == "refused RATE_LIMITED platform")
  }

  // MARK: Payment

  private static func verdict(_ orders: [(String, Bool)], age: Int64 = 0) -> String {
    let orders = orders.map { status, isCancelled in
      SupplierOrder(
        id: "7", status: status, isCancelled: isCancelled, amount: usd(800), parts: nil,
        payTimeoutSeconds: 86_400)
    }
    switch PaymentRules.verdict(on: orders, problem: nil, placedAt: 0, now: age) {
    case .paid(let cost): return "paid \(cost.landed.minorUnits)"
    case .waits(let reason):
      return "waits \(reason.code.rawValue)"
        + (reason.owner == .nobody ? "" : " for \(reason.owner.rawValue)")
    case .closed: return "closed"
    }
  }

  @Test(arguments: [
    ("WAIT_SELLER_SEND_GOODS", "paid 800"), ("SELLER_PART_SEND_GOODS", "paid 800"),
    ("WAIT_BUYER_ACCEPT_GOODS", "paid 800"), ("FINISH", "paid 800"),
    ("PLACE_ORDER_SUCCESS", "waits AWAITING_SUPPLIER_PAYMENT"),
    ("PAYMENT_PROCESSING", "waits AWAITING_SUPPLIER_PAYMENT"),
    ("RISK_CONTROL", "waits AWAITING_SUPPLIER_PAYMENT"),
    ("IN_CANCEL", "waits AWAITING_SUPPLIER_PAYMENT"),
    ("BRAND_NEW_STATUS", "waits AWAITING_SUPPLIER_PAYMENT"),
  ])
  func `only a status that means paid is paid`(_ status: String, _ expected: String) {
    #expect(Self.verdict([(status, false)]) == expected)
  }

  @Test func `what was not charged at once is for a person to pay`() {
    func waits(_ status: String, _ age: Int64) -> String {
      Self.verdict([(status, false)], age: age)
    }
    #expect(waits("PLACE_ORDER_SUCCESS", 9999) == "waits AWAITING_SUPPLIER_PAYMENT")
    #expect(waits("PLACE_ORDER_SUCCESS", 10_000) == "waits SUPPLIER_PAYMENT_FAILED for reseller")
    #expect(waits("PAYMENT_PROCESSING", 60_000) == "waits AWAITING_SUPPLIER_PAYMENT")
  }

  @Test func `an order is closed when all of it is, and never on a guess`() {
    #expect(Self.verdict([("FINISH", true)]) == "closed")
    #expect(Self.verdict([("FINISH", true), ("FINISH", true)]) == "closed")
    #expect(
      Self.verdict([("FINISH", true), ("WAIT_SELLER_SEND_GOODS", false)])
        == "waits PARTLY_CLOSED for platform")
    let day: Int64 = 86_400_000
    #expect(Self.verdict([("PLACE_ORDER_SUCCESS", false)], age: day).hasPrefix("waits"))
    #expect(Self.verdict([("PLACE_ORDER_SUCCESS", false)], age: day + 3_600_001) == "closed")
    #expect(Self.verdict([("PAYMENT_PROCESSING", false)], age: day * 3).hasPrefix("waits"))
    #expect(
      Self.verdict([("FINISH", false), ("WAIT_SELLER_SEND_GOODS", false)]) == "paid 1600")
  }

  @Test func `costs of several currencies make no sum`() {
    let yen = Amount(minorUnits: 1, currency: .init(jpy: ()))
    #expect(PaymentRules.sum([Self.usd(1), yen]) == nil)
    #expect(PaymentRules.sum([Self.usd(1), nil]) == nil)
    #expect(PaymentRules.sum([]) == nil)
    #expect(PaymentRules.sum([Self.usd(1), Self.usd(2)]) == Self.usd(3))
  }
}

extension Currency {
  /// Yen, for tests of mixed currencies.
  init(jpy: Void) {
    guard let yen = try? Currency(validating: "JPY") else { preconditionFailure("JPY exists") }
    self = yen
  }
}
