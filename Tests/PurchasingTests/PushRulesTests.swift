import Contract
import Testing

@testable import Purchasing

/// Which pushed order is an unknown purchase's.
struct PushRulesTests {
  /// A pushed order in words: its quantity, and a part of its address when that is told.
  private static func order(_ id: String, _ count: Int64, _ told: [String: String] = [:])
    -> SupplierOrder
  {
    SupplierOrder(
      id: id, status: "", isCancelled: false, amount: nil, parts: nil, payTimeoutSeconds: nil,
      lines: [.init(productID: "1", skuID: "2", count: count)], destination: Destination(told))
  }

  private static func content(_ orderID: String, _ quantity: Int, city: String = "San Francisco")
    -> PurchaseContent
  {
    var address = PurchasingUnderTest.address
    address.city = city
    return PurchaseContent(
      orderID: orderID, generation: 1, userID: 42, environment: .sandbox, productURL: "",
      productID: "1", skuID: "2", quantity: quantity, shipTo: address,
      ceiling: ScriptedSupplier.usd(1500))
  }

  @Test func `a pushed order is a purchase's only when nothing else would do`() {
    let own = Self.content("o-1", 2)
    func verdict(_ orders: [SupplierOrder], _ rivals: [PurchaseContent] = []) -> PushRules.Verdict {
      PushRules.verdict(orders, own, rivals: rivals)
    }
    #expect(verdict([Self.order("a", 2)]) == .own("a"))
    #expect(verdict([Self.order("a", 3)]) == .none)
    #expect(verdict([Self.order("a", 2, ["postal_code": "94105"])]) == .own("a"))
    #expect(verdict([Self.order("a", 2, ["postal_code": "94106"])]) == .none)
    #expect(verdict([Self.order("a", 2, ["full_name": "A*** L***"])]) == .own("a"))
    // Two whole ones, or one that may be a half of it.
    #expect(verdict([Self.order("a", 2), Self.order("b", 2)]) == .several(["a", "b"]))
    #expect(verdict([Self.order("a", 1), Self.order("b", 1)]) == .several(["a", "b"]))
    #expect(verdict([Self.order("a", 1)]) == .several(["a"]))
    #expect(verdict([Self.order("a", 2), Self.order("b", 2, ["city": "Oakland"])]) == .own("a"))
    // Another purchase that it could be.
    #expect(verdict([Self.order("a", 2)], [Self.content("o-2", 2)]) == .several(["a"]))
    #expect(verdict([Self.order("a", 2)], [Self.content("o-2", 1)]) == .own("a"))
    let elsewhere = Self.content("o-2", 2, city: "Oakland")
    #expect(verdict([Self.order("a", 2)], [elsewhere]) == .several(["a"]))
    #expect(verdict([Self.order("a", 2, ["city": "San Francisco"])], [elsewhere]) == .own("a"))
  }
}
