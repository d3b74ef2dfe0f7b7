import Contract
import Money

extension ShopVisit {
  /// Opens the product, chooses exactly the variant and the quantity, and compares the price with the
  /// ceiling.
  func choose(_ content: PurchaseContent) async throws {
    try await step(.product) {
      try await page.open(.item, product: content.productID, country: content.shipTo.country)
      let found = try await arrive(at: [.productTitle, .productGone])
      if found == .productGone {
        throw PurchaseReason(
          code: .productNotFound, text: "the shop does not have the product any more; refund",
          owner: .supplier)
      }
    }
    try await step(.variant) {
      try await chooseVariant(content)
      try await chooseQuantity(content)
      try await comparePrice(content)
    }
  }

  private func chooseVariant(_ content: PurchaseContent) async throws {
    let sku = content.skuID
    guard try await page.shows(.variant, sku: sku) else {
      throw PurchaseReason(
        code: .skuNotFound,
        text: "the product's page has no variant \(sku); correct the listing, or refund",
        owner: .reseller)
    }
    if try await page.shows(.variantSoldOut, sku: sku) {
      throw PurchaseReason(
        code: .outOfStock, text: "variant \(sku) is sold out; try again later, or refund",
        owner: .supplier)
    }
    if try await !page.shows(.variantChosen, sku: sku) {
      try await page.click(.variant, sku: sku)
      try await page.wait(for: .variantChosen, sku: sku)
    }
  }

  private func chooseQuantity(_ content: PurchaseContent) async throws {
    let wanted = String(content.quantity)
    if try await page.value(.quantity) == wanted { return }
    try await page.type(wanted, into: .quantity)
    let taken = try await page.value(.quantity)
    guard taken == wanted else {
      throw PurchaseReason(
        code: .quantityAboveLimit,
        text: "the shop makes \(taken) pieces of the \(wanted) that are ordered; refund",
        owner: .reseller)
    }
  }

  /// The real total is compared at the checkout; this spares going there in vain.
  private func comparePrice(_ content: PurchaseContent) async throws {
    guard let price = try await page.amount(.price),
      let items = try? price.multiplied(by: Int64(content.quantity))
    else { throw BrowserRules.unreadable("the product's price") }
    let fee = try await page.amount(.shippingFee) ?? .zero(items.currency)
    guard let cost = try? items.adding(fee) else {
      throw BrowserRules.unreadable("the product's shipping fee")
    }
    try BrowserRules.require(cost, within: content.ceiling, "the product's page says")
  }
}
