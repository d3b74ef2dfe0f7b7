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
      let totals = try await totals(with: delivery)
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
  private func chooseDelivery(_ content: PurchaseContent) async throws -> Delivery {
    if try await page.shows(.soldOut) { throw Self.soldOut(content) }
    if try await page.shows(.notDeliverable) {
      throw PurchaseReason(
        code: .notSoldToCountry,
        text: "the shop does not send the product to \(content.shipTo.country); refund",
        owner: .buyer)
    }
    let offers = try await deliveries()
    let best = try PurchaseRules.cheapest(offers.map(\.delivery))
    if offers.first(where: \.isChosen)?.delivery.code != best.code {
      try await page.clickDelivery(best.code)
    }
    return best
  }

  private func deliveries() async throws -> [(delivery: Delivery, isChosen: Bool)] {
    let offers = try await page.session.script(
      Self.deliveryScript, .string(page.profile.selector(.delivery)),
      .string(page.profile.selector(.deliveryFee)))
    return offers.elements.map { offer in
      let delivery = Delivery(
        code: offer["value"]?.text ?? "",
        fee: ShopMoney.read(offer["fee"]?.text ?? "", page.profile),
        isTracked: page.profile.says(.tracked, in: offer["text"]?.text ?? ""))
      return (delivery, offer["chosen"]?.bool == true)
    }
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

  /// The longest that a page may take to show what a choice of delivery costs.
  private static let totalsTimeout = Duration.seconds(10)

  /// Waits until the totals are those of the delivery that was chosen: a page may show the ones before
  /// for a while after the click.
  private func totals(with delivery: Delivery) async throws -> ShopTotals {
    let deadline = ContinuousClock.now + Self.totalsTimeout
    var shown = try await totals()
    while !shown.isOf(delivery), ContinuousClock.now < deadline {
      try await Task.sleep(for: .milliseconds(50))
      shown = try await totals()
    }
    let chosen = try await deliveries().filter(\.isChosen).map(\.delivery)
    guard chosen == [delivery] else {
      throw BrowserFailure.unexpectedPage(
        "the checkout does not take the choice of delivery \(delivery.code.prefix(60))")
    }
    return try BrowserRules.totals(shown, of: delivery)
  }

  /// What the page shows at this moment.
  private func totals() async throws -> ShownTotals {
    ShownTotals(
      items: try await page.amount(.totalItems), shipping: try await page.amount(.totalShipping),
      tax: try await page.amount(.totalTax), landed: try await page.amount(.totalAmount))
  }
}
