import Contract
import Money
import Outside

extension ShopVisit {
  /// Goes to the checkout, gives the order's own address, chooses the delivery, and reads what it all
  /// costs.
  func checkOut(_ content: PurchaseContent) async throws -> ShopTotals {
    try await step(.checkout) {
      try await page.click(.buyNow)
      let found = try await arrive(at: [.newAddress, .addressForm, .soldOut, .productGone])
      guard found != .soldOut && found != .productGone else { throw Self.soldOut(content) }
    }
    try await step(.address) { try await giveAddress(content.shipTo) }
    let delivery = try await step(.delivery) { try await chooseDelivery(content) }
    return try await step(.totals) {
      try await compareGoods(content)
      let totals = try await totals(delivery)
      try BrowserRules.require(totals.landed, within: content.ceiling, "the checkout asks for")
      guard try await page.shows(.placeOrder) else {
        throw BrowserFailure.unexpectedPage("the checkout has no button to confirm the order")
      }
      return totals
    }
  }

  private static func soldOut(_ content: PurchaseContent) -> PurchaseReason {
    PurchaseReason(
      code: .outOfStock,
      text: "variant \(content.skuID) is sold out; try again later, or refund", owner: .supplier)
  }

  // MARK: The address

  /// Never the saved one: opens the empty form, fills in all fields, and reads back what was taken.
  private func giveAddress(_ address: Address) async throws {
    if try await !page.shows(.addressForm) {
      try await page.click(.newAddress)
      try await page.wait(for: .addressForm)
    }
    let fields = ShopAddress.fields(address)
    for (element, text) in fields { try await page.type(text, into: element) }
    try await page.choose(address.country, in: .country)
    for (element, text) in fields where try await page.value(element) != text {
      throw BrowserFailure.unexpectedPage("the field \(element.rawValue) does not take its text")
    }
    try await page.click(.saveAddress)
    let found = try await page.wait(for: [.addressError, .addressSummary])
    if found == .addressError {
      throw PurchaseReason(
        code: .addressRefused,
        text: "the shop refuses the address (\(try await page.text(.addressError).prefix(120))); "
          + "correct it and try again", owner: .buyer)
    }
    let summary = try await page.text(.addressSummary)
    if let lacking = ShopAddress.lacking(in: summary, address) {
      throw BrowserFailure.unexpectedPage(
        "the checkout's address does not show the order's \(lacking)")
    }
  }

  // MARK: The delivery

  private static let deliveryScript = """
    return [...document.querySelectorAll(arguments[0])].map(e => {
      const all = e.closest('label') || e.parentElement;
      const fee = all.querySelector(arguments[1]);
      return { value: e.value, chosen: e.checked, text: all.innerText.trim(),
        fee: fee ? fee.innerText.trim() : '' };
    });
    """

  /// The cheapest that is tracked.
  private func chooseDelivery(_ content: PurchaseContent) async throws -> String {
    if try await page.shows(.soldOut) { throw Self.soldOut(content) }
    if try await page.shows(.notDeliverable) {
      throw PurchaseReason(
        code: .notSoldToCountry,
        text: "the shop does not send the product to \(content.shipTo.country); refund",
        owner: .buyer)
    }
    let offers = try await page.session.script(
      Self.deliveryScript, .string(page.profile.selector(.delivery)),
      .string(page.profile.selector(.deliveryFee)))
    let deliveries = offers.elements.map { offer in
      Delivery(
        code: offer["value"]?.text ?? "",
        fee: ShopMoney.read(offer["fee"]?.text ?? "", page.profile),
        isTracked: offer["text"]?.text?.contains(page.profile.word(.tracked)) == true)
    }
    let best = try PurchaseRules.cheapest(deliveries)
    let chosen = offers.elements.first { $0["chosen"]?.bool == true }
    if chosen?["value"]?.text != best.code {
      try await page.clickDelivery(best.code)
    }
    return best.code
  }

  // MARK: The goods and the totals

  /// What is about to be bought is what was chosen.
  private func compareGoods(_ content: PurchaseContent) async throws {
    guard try await page.shows(.checkoutVariant, sku: content.skuID) else {
      throw BrowserFailure.unexpectedPage(
        "the checkout does not show variant \(content.skuID)")
    }
    let quantity = try await page.text(.checkoutQuantity)
    guard quantity == String(content.quantity) else {
      throw BrowserFailure.unexpectedPage(
        "the checkout shows \(quantity.prefix(20)) pieces, \(content.quantity) are ordered")
    }
  }

  private func totals(_ delivery: String) async throws -> ShopTotals {
    guard let items = try await page.amount(.totalItems),
      let shipping = try await page.amount(.totalShipping),
      let tax = try await page.amount(.totalTax), let landed = try await page.amount(.totalAmount)
    else { throw BrowserRules.unreadable("the checkout's total") }
    guard let sum = try? items.adding(shipping).adding(tax), sum == landed else {
      throw BrowserRules.unreadable("the checkout's total, which is not the sum of its parts,")
    }
    return ShopTotals(
      items: items, shipping: shipping, tax: tax, landed: landed, delivery: delivery)
  }
}
