/// From the product to the order, in the shop.
extension WorldState {
  /// Begins a checkout, or shows one that goes on.
  mutating func checkout(_ request: ShopRequest, _ account: String, _ keys: [String])
    -> Answer
  {
    if let draft = request.number("checkout").flatMap({ shop.draft($0, of: account) }) {
      return page(spoilt(draft, keys))
    }
    guard let product = supplier.catalogue.product(ofSKU: request.text("sku")),
      let quantity = request.number("quantity"), (1...PlaceOrder.countMax).contains(quantity)
    else {
      return failure("Please select the variant and how many you want.", account)
    }
    let draft = shop.begin(
      ShopDraft(
        account: account, productID: product.id, skuID: request.text("sku"), quantity: quantity))
    return page(spoilt(draft, keys))
  }

  /// A checkout with what goes wrong on its page, which stays with it.
  private mutating func spoilt(_ draft: ShopDraft, _ keys: [String]) -> ShopDraft {
    if faults.isEmpty { return draft }
    var draft = draft
    if let fault = faults.strike(ShopFault.priceChange, keys) {
      draft.surcharge += fault.minorUnits ?? 100
    }
    if let fault = faults.strike(ShopFault.lateTotals, keys) {
      draft.totalsDelay = fault.delayMilliseconds ?? 2000
    }
    if faults.strike(ShopFault.noConfirm, keys) != nil { draft.hasConfirmButton = false }
    if faults.strike(ShopFault.soldOut, keys) != nil { draft.isSoldOut = true }
    shop.keep(draft)
    return draft
  }

  mutating func enterAddress(_ request: ShopRequest, _ account: String) -> Answer {
    guard var draft = request.number("checkout").flatMap({ shop.draft($0, of: account) }) else {
      return failure("This checkout is over.", account)
    }
    let address = ShopAddress(request.fields)
    if let fault = AddressRules.fault(of: address.json) {
      return page(draft, rejected: address, fault)
    }
    draft.address = address
    draft.hasNewAddress = true
    shop.keep(draft)
    return .redirect(
      "/shop/checkout?sku=\(draft.skuID)&quantity=\(draft.quantity)&checkout=\(draft.id)")
  }

  /// Places what a checkout says, once.
  mutating func place(
    _ request: ShopRequest, _ account: String, _ keys: [String], now: Int64
  ) -> Answer {
    guard var draft = request.number("checkout").flatMap({ shop.draft($0, of: account) }) else {
      return failure("This checkout is over.", account)
    }
    if let answer = draft.answer { return answer }
    if let fault = faults.strike(ShopFault.error, keys) {
      return .trouble(fault.status ?? 500, account)
    }
    if faults.strike(ShopFault.soldOut, keys) != nil { draft.isSoldOut = true }
    var lines: [Supplier.PlannedLine]
    do {
      lines = [try line(draft, delivery: request.text("delivery"))]
    } catch {
      return failure(error, account)
    }
    if faults.strike(ShopFault.severalOrders, keys) != nil { lines = PlacementRules.split(lines) }
    let isPaid = faults.strike(ShopFault.unpaid, keys) == nil
    let ids = supplier.place(
      lines, .init(appKey: "", account: account, outOrderID: ""),
      .init(path: .browser, address: draft.address.json),
      paidAt: isPaid ? now + max(0, settings.supplierPayDelay) : nil, settings, now: now)
    var answer = Answer.redirect(
      "/shop/confirmation/" + ids.map(String.init).joined(separator: "-"))
    if let fault = faults.strike(ShopFault.lostPage, keys) {
      answer = fault.status.map { .trouble($0, account) } ?? answer.delivered(.lost)
    }
    draft.answer = answer
    shop.keep(draft)
    return answer
  }

  /// The order's line, at the checkout's price.
  private func line(_ draft: ShopDraft, delivery: String) throws(Supplier.Refusal)
    -> Supplier.PlannedLine
  {
    guard !draft.isSoldOut else {
      throw Supplier.Refusal(code: "INVENTORY_HOLD_ERROR", message: "The stock is insufficient")
    }
    let sku = supplier.catalogue.product(draft.productID)?.skus.first { $0.id == draft.skuID }
    let item = PlaceOrder.Item(
      productID: draft.productID, count: draft.quantity,
      skuAttributes: SKU.withoutLabels(sku?.attributes ?? ""), freightCode: delivery)
    var planned = try PlacementRules.line(item, draft.address.country, supplier.catalogue)
    planned.line.price += draft.surcharge
    return planned
  }

  private func page(_ draft: ShopDraft, rejected: ShopAddress? = nil, _ fault: String = "")
    -> Answer
  {
    guard let product = supplier.catalogue.product(draft.productID), product.isOnSale,
      let sku = product.skus.first(where: { $0.id == draft.skuID })
    else {
      return failure(.init(code: "PRODUCT_NOT_EXIST", message: "It is gone."), draft.account)
    }
    let page = CheckoutPage(
      draft: draft, product: product, sku: sku, rejected: rejected, addressFault: fault)
    return ShopPage("Checkout", draft.account, page.html).answer()
  }

  private func failure(_ refusal: Supplier.Refusal, _ account: String) -> Answer {
    let isSoldOut = refusal.code == "INVENTORY_HOLD_ERROR"
    let kind = isSoldOut ? "sold-out" : "checkout-error"
    return ShopPage.notice("Not possible", account, kind, refusal.message).answer()
  }

  private func failure(_ message: String, _ account: String) -> Answer {
    failure(.init(code: "", message: message), account)
  }
}
