public import Outside

extension PayPalClient {
  /// Items that are asked for at a time; PayPal gives no more.
  private static let pageItems = 1000
  /// Pages of the largest batch, and one to see that it ended.
  private static let pagesMax = NewPayoutBatch.itemsMax / pageItems + 1

  /// Sends money to payees, as one batch.
  ///
  /// PayPal turns away a `senderBatchID` that it saw within 30 days and names the first batch: that
  /// batch is ours, since the id is ours, and it is what a repeat answers, PENDING and without
  /// items. An amount that PayPal cannot express is refused unsent.
  public func createPayouts(_ batch: NewPayoutBatch) async -> Outcome<PayPalPayoutBatch> {
    let body: JSON
    switch batch.body {
    case .done(let json): body = json
    case .refused(let refusal): return .refused(refusal)
    case .unknown(let text): return .unknown(text)
    }
    let outcome = await exchange(.createPayout, path: "/v1/payments/payouts", body: body)
    return outcome.flatMap { reply in
      if let duplicate = Self.duplicate(reply) { return duplicate }
      return Self.read(reply.outcome, .createPayout, as: PayPalPayoutBatch.init(json:))
    }
  }

  /// Looks at a batch and all its items, page by page. Changes nothing.
  public func getPayoutBatch(_ id: String) async -> Outcome<PayPalPayoutBatch> {
    guard Self.isID(id) else { return Self.notAnID(id) }
    var items: [PayPalPayoutItem] = []
    for page in 1...Self.pagesMax {
      let outcome = await exchange(
        .getPayoutBatch,
        path: "/v1/payments/payouts/\(id)?page=\(page)&page_size=\(Self.pageItems)")
      let batch = Self.read(
        outcome.flatMap(\.outcome), .getPayoutBatch, as: PayPalPayoutBatch.init(json:))
      guard case .done(let found) = batch else { return batch }
      items += found.items
      if found.items.count < Self.pageItems {
        return .done(PayPalPayoutBatch(id: found.id, status: found.status, items: items))
      }
    }
    return .unknown("PayPal shows more items than a batch can hold")
  }

  /// The first batch under an id that came again; unknown when PayPal does not name it.
  ///
  ///     {"name":"USER_BUSINESS_ERROR","details":[{"field":"SENDER_BATCH_ID",
  ///      "link":[{"href":".../v1/payments/payouts/ID","rel":"self"}]}]}
  private static func duplicate(_ reply: PayPalReply) -> Outcome<PayPalPayoutBatch>? {
    guard (400..<500).contains(reply.status), reply.body?["name"]?.text == "USER_BUSINESS_ERROR",
      let detail = reply.body?["details"]?.elements.first(where: {
        $0["field"]?.text?.uppercased().hasSuffix("SENDER_BATCH_ID") == true
      })
    else { return nil }
    let links = (detail["link"] ?? detail["links"])?.elements ?? []
    for link in links {
      let path = link["href"]?.text?.prefix { $0 != "?" && $0 != "#" }
      if let id = path?.split(separator: "/").last.map(String.init), isID(id) {
        return .done(PayPalPayoutBatch(id: id, status: PayPalPayoutBatch.pending))
      }
    }
    return .unknown("PayPal has a batch with this sender_batch_id and does not say which")
  }
}
