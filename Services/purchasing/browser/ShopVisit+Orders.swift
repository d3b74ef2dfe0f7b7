import Money
import Outside

extension ShopVisit {
  /// Most pages of the list that are read.
  private static let pagesMax = 30

  /// The orders of the list with a variant, from a time on; the list is newest first.
  func list(sku: String, since time: Int64) async throws -> [ListedOrder] {
    try await step(.list) {
      try await page.open(.orders)
      var found: [ListedOrder] = []
      for _ in 0..<Self.pagesMax {
        _ = try await arrive(at: [.orderRow, .orderList])
        let rows = try await rows(sku: sku)
        found += rows.compactMap(\.order)
        let isPast = rows.contains { $0.placedAt < time }
        guard !isPast, try await page.shows(.nextPage) else {
          return found.filter { $0.placedAt >= time }
        }
        // Opened, not clicked: after a click the old page may be read once more, and one skipped.
        guard let next = try await page.target(.nextPage) else {
          throw BrowserFailure.unexpectedPage("the order list's next page is not the shop's")
        }
        try await page.session.open(next)
      }
      throw BrowserFailure.unexpectedPage(
        "the order list is longer than \(Self.pagesMax) pages since then")
    }
  }

  /// A row, with its order when that has the variant.
  private struct ListRow {
    let placedAt: Int64
    let order: ListedOrder?
  }

  private static let listScript = """
    const [row, id, sku, quantity, receiver, address, time] = arguments;
    const text = (e, s) => { const f = e.querySelector(s); return f ? f.innerText.trim() : ''; };
    return [...document.querySelectorAll(row)].map(e => {
      const when = e.querySelector(time);
      return { id: text(e, id), has: e.querySelector(sku) !== null, quantity: text(e, quantity),
        receiver: text(e, receiver), address: text(e, address),
        time: when ? String(Date.parse(when.getAttribute('datetime'))) : '' };
    });
    """

  private func rows(sku: String) async throws -> [ListRow] {
    let profile = page.profile
    let answer = try await page.session.script(
      Self.listScript, .string(profile.selector(.orderRow)), .string(profile.selector(.orderID)),
      .string(profile.selector(.orderVariant, sku: sku)),
      .string(profile.selector(.orderQuantity)), .string(profile.selector(.orderReceiver)),
      .string(profile.selector(.orderAddress)), .string(profile.selector(.orderTime)))
    return try answer.elements.map { row in
      // A row that cannot be read could be the one that is looked for.
      guard let id = row["id"]?.text, BrowserRules.isOrderNumber(id),
        let placedAt = row["time"]?.integer, let quantity = row["quantity"]?.integer
      else { throw BrowserFailure.unexpectedPage("a row of the order list cannot be read") }
      guard row["has"]?.bool == true else { return ListRow(placedAt: placedAt, order: nil) }
      guard let receiver = row["receiver"]?.text, let address = row["address"]?.text,
        !receiver.isEmpty, !address.isEmpty
      else { throw BrowserFailure.unexpectedPage("order \(id) in the list tells no address") }
      return ListRow(
        placedAt: placedAt,
        order: ListedOrder(
          id: id, quantity: Int(clamping: quantity), receiver: receiver, address: address,
          placedAt: placedAt))
    }
  }

  /// Reads the page of one order; nil when there is none.
  func order(_ id: String) async throws -> SupplierOrder? {
    try await step(.order) {
      try await page.open(.order, order: id)
      if try await page.isMissing() { return nil }
      _ = try await arrive(at: [.orderPayment])
      let payment = try await page.text(.orderPayment)
      let state = try await page.text(.orderState)
      let amount = try await page.amount(.orderAmount)
      let isCancelled = [payment, state].contains(page.profile.word(.closed))
      return SupplierOrder(
        id: id, status: isCancelled ? "FINISH" : page.status(payment, state),
        isCancelled: isCancelled, amount: amount, parts: nil, payTimeoutSeconds: nil,
        trackingNumber: try await page.text(.trackingNumber))
    }
  }
}

extension ShopPage {
  /// The API's word for the states of an order and its payment, so that one rule serves both paths.
  fileprivate func status(_ payment: String, _ state: String) -> String {
    switch (payment, state) {
    case (profile.word(.unpaid), _): "PLACE_ORDER_SUCCESS"
    case (profile.word(.paid), profile.word(.shipped)): "WAIT_BUYER_ACCEPT_GOODS"
    case (profile.word(.paid), profile.word(.finished)): "FINISH"
    case (profile.word(.paid), _): "WAIT_SELLER_SEND_GOODS"
    default: payment
    }
  }
}
