import Money

extension ShopVisit {
  /// Clicks the button, and reads the order's number. Whatever fails here is a doubt.
  func confirm(_ totals: ShopTotals) async -> ShopPlacing {
    do {
      let ids = try await step(.confirmed) {
        try await page.click(.placeOrder)
        try await page.wait(for: .orderNumber)
        // The page may say a number twice.
        return try await page.texts(.orderNumber).reduce(into: [String]()) { ids, id in
          if !id.isEmpty, !ids.contains(id) { ids.append(id) }
        }
      }
      guard !ids.isEmpty, ids.allSatisfy(BrowserRules.isOrderNumber) else {
        return .unknown(BrowserRules.lost("the page after it shows no order number"))
      }
      return .placed(ids: ids, orders: await orders(ids, totals))
    } catch {
      return .unknown(BrowserRules.lost("\(error)"))
    }
  }

  /// The orders as they are now; none when one cannot be read, which is asked again later.
  private func orders(_ ids: [String], _ totals: ShopTotals) async -> [SupplierOrder] {
    var orders: [SupplierOrder] = []
    for id in ids {
      guard let order = try? await self.order(id) else { return [] }
      orders.append(order)
    }
    guard let only = orders.first, orders.count == 1, only.amount == totals.landed else {
      return orders
    }
    return [only.with(totals)]
  }
}

extension SupplierOrder {
  /// With the parts of its cost, which the order's page does not show.
  fileprivate func with(_ totals: ShopTotals) -> SupplierOrder {
    SupplierOrder(
      id: id, status: status, isCancelled: isCancelled, amount: amount,
      parts: .init(items: totals.items, shipping: totals.shipping, tax: totals.tax),
      payTimeoutSeconds: payTimeoutSeconds, productIDs: productIDs)
  }
}
