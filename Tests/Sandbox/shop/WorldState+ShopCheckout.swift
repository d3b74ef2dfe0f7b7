/// From the product to the order, in the shop.
extension WorldState {
  /// Begins a checkout, or shows one that goes on.
  mutating func checkout(_ request: ShopRequest, _ account: String) -> Answer {
    if let draft = request.number("checkout").flatMap({ shop.draft($0, of: account) }) {
      return page(draft)
    }
    guard let product = supplier.catalogue.product(ofSKU: request.text("sku")),
      let quantity = request.number("quantity"), (1...PlaceOrder.countMax).contains(quantity)
    else {
      return failure("Please select the variant and how many you want.", account)
    }
    return page(
      shop.begin(
        ShopDraft(
          account: account, productID: product.id, skuID: request.text("sku"), quantity: quantity)))
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
  mutating func place(_ request: ShopRequest, _ account: String, now: Int64) -> Answer {
    guard var draft = request.number("checkout").flatMap({ shop.draft($0, of: account) }) else {
      return failure("This checkout is over.", account)
    }
    if let answer = draft.answer { return answer }
    let planned: Supplier.PlannedLine
    do {
      planned = try line(draft, delivery: request.text("delivery"))
    } catch {
      return failure(error, account)
    }
    let ids = supplier.place(
      [planned], .init(appKey: "", account: account, outOrderID: ""),
      .init(path: .browser, address: draft.address.json),
      paidAt: now + max(0, settings.supplierPayDelay), settings, now: now)
    let answer = Answer.redirect(
      "/shop/confirmation/" + ids.map(String.init).joined(separator: "-"))
    draft.answer = answer
    shop.keep(draft)
    return answer
  }

  /// The order's line, at the checkout's price.
  private func line(_ draft: ShopDraft, delivery: String) throws(Supplier.Refusal)
    -> Supplier.PlannedLine
  {
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
    let body: HTML = """
      <p class="\(isSoldOut ? "sold-out" : "checkout-error") notice">\(refusal.message)</p>
      """
    return ShopPage("Not possible", account, body).answer()
  }

  private func failure(_ message: String, _ account: String) -> Answer {
    failure(.init(code: "", message: message), account)
  }
}
