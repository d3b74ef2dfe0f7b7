/// Something that PayPal has not told yet.
private struct News {
  let type: String
  /// PayPal's, of what the event is about.
  let id: String
  let subject: String
  let resourceType: String
  let resource: JSON

  /// Ids of one world rise, whatever they begin with.
  var age: Substring { id.suffix(12) }
}

/// What PayPal's events tell.
///
/// Source: PayPal, "Webhook event names"; a refund's event has the refund as its resource.
extension WorldState {
  /// Posts an event for everything that has happened since the last look, in the order in which what
  /// it is about was made.
  mutating func lookForPayPalNews(now: Int64, isSilent: Bool) {
    var news: [News] = []
    for order in payPal.orders.values { lookForNews(of: order, now: now, &news) }
    for refund in payPal.refunds.values where refund.status(at: now) == .completed {
      let word = refund.isReversal ? "REVERSED" : "REFUNDED"
      find("PAYMENT.CAPTURE.\(word)", refund.id, refund.customID, &news) { base in
        ("refund", refund.json(at: now, base: base, isMinimal: false))
      }
    }
    for batch in payPal.payouts.values { lookForNews(of: batch, now: now, &news) }
    if isSilent { return }
    for one in news.sorted(by: { $0.age < $1.age }) { post(one, now: now) }
  }

  private mutating func lookForNews(of order: PayPalOrder, now: Int64, _ news: inout [News]) {
    if order.status == .approved || order.status == .completed {
      find("CHECKOUT.ORDER.APPROVED", order.id, order.customID, &news) { base in
        ("checkout-order", order.json(at: now, base: base, isMinimal: false))
      }
    }
    guard let capture = order.capture else { return }
    let type = "PAYMENT.CAPTURE.\(capture.word(at: now))"
    find(type, capture.id, order.customID, &news) { base in
      let related: JSON = ["related_ids": ["order_id": .string(order.id)]]
      let resource = capture.json(at: now, of: order, base: base)
      return ("capture", resource.adding("supplementary_data", related))
    }
  }

  private mutating func lookForNews(of batch: PayoutBatch, now: Int64, _ news: inout [News]) {
    let status = batch.status(at: now)
    let word = status == "PENDING" ? "PROCESSING" : status
    find("PAYMENT.PAYOUTSBATCH.\(word)", batch.id, batch.senderBatchID, &news) { base in
      ("payouts", batch.head(at: now, base: base))
    }
    for item in batch.items {
      guard let word = item.status(at: now).word else { continue }
      find("PAYMENT.PAYOUTS-ITEM.\(word)", item.id, item.senderItemID, &news) { base in
        // Events have no errors; those are asked for.
        let members = item.json(at: now, base: base).members ?? []
        return ("payouts_item", .object(members.filter { $0.name != "errors" }))
      }
    }
  }

  /// Adds a fact that is new; it is known from now on.
  ///
  /// - Parameter make: Gives the resource's type and the resource.
  private mutating func find(
    _ type: String, _ id: String, _ subject: String, _ news: inout [News],
    _ make: (String) -> (String, JSON)
  ) {
    guard notices.isNews("\(type) \(id)") else { return }
    let (resourceType, resource) = make("\(address)/paypal")
    news.append(
      News(type: type, id: id, subject: subject, resourceType: resourceType, resource: resource))
  }

  private mutating func post(_ news: News, now: Int64) {
    let eventID = payPal.newID("WH-")
    let link = JSON.string("\(address)/paypal/v1/notifications/webhooks-events/\(eventID)")
    let event: JSON = [
      "id": .string(eventID), "event_version": "1.0",
      "create_time": .string(Moment(milliseconds: now).text),
      "resource_type": .string(news.resourceType), "resource_version": "2.0",
      "event_type": .string(news.type), "summary": .string("\(news.type) for \(news.subject)"),
      "resource": news.resource, "links": [["href": link, "rel": "self", "method": "GET"]],
    ]
    notices.post(
      Notice(
        id: eventID, sender: .payPal, type: news.type, subject: news.subject, body: event.bytes,
        dueAt: now))
  }
}

extension PayPalCapture {
  /// As in the name of its event. What was given back had been completed.
  fileprivate func word(at now: Int64) -> String {
    switch status(at: now) {
    case .completed, .partiallyRefunded, .refunded: "COMPLETED"
    case .pending: "PENDING"
    case .declined: pendingReason == nil ? "DECLINED" : "DENIED"
    }
  }
}

extension PayoutItem.Status {
  /// As in the name of its event; nil for what has none.
  fileprivate var word: String? {
    switch self {
    case .success: "SUCCEEDED"
    case .onHold: "HELD"
    case .unclaimed, .failed, .returned, .blocked, .refunded: rawValue
    case .pending, .reversed: nil
    }
  }
}
