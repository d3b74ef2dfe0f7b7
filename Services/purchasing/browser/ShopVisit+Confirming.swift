import Money

extension ShopVisit {
  /// Clicks the button, and reads the order's number. Whatever fails here is a doubt.
  func confirm() async -> ShopPlacing {
    do {
      let ids = try await step(.confirmed) {
        try await page.click(.placeOrder)
        try await page.wait(for: .orderNumber)
        return try await page.texts(.orderNumber).filter { !$0.isEmpty }
      }
      guard !ids.isEmpty, ids.allSatisfy(BrowserRules.isOrderNumber) else {
        return .unknown(BrowserRules.lost("the page after it shows no order number"))
      }
      return .placed(ids: ids, orders: await orders(ids))
    } catch {
      return .unknown(BrowserRules.lost("\(error)"))
    }
  }

  /// The orders as they are now; none when one cannot be read, which is asked again later.
  private func orders(_ ids: [String]) async -> [SupplierOrder] {
    var orders: [SupplierOrder] = []
    for id in ids {
      guard let order = try? await self.order(id) else { return [] }
      orders.append(order)
    }
    return orders
  }
}
