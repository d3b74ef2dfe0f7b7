/// What PayPal's events tell.
///
/// Source: PayPal, "Webhook event names"; a refund's event has the refund as its resource.
extension WorldState {
  /// Posts an event for everything that has happened since the last look.
  mutating func lookForPayPalNews(now: Int64, isSilent: Bool) {
    for order in payPal.orders.values {
      if order.status == .approved || order.status == .completed {
        tell("CHECKOUT.ORDER.APPROVED", order.id, order.customID, isSilent, now) { base in
          ("checkout-order", order.json(at: now, base: base, isMinimal: false))
        }
      }
      guard let capture = order.capture else { continue }
      let type = "PAYMENT.CAPTURE.\(capture.word(at: now))"
      tell(type, capture.id, order.customID, isSilent, now) { base in
        let related: JSON = ["related_ids": ["order_id": .string(order.id)]]
        let resource = capture.json(at: now, of: order, base: base)
        return ("capture", resource.adding("supplementary_data", related))
      }
    }
    for refund in payPal.refunds.values where refund.status(at: now) == .completed {
      let word = refund.isReversal ? "REVERSED" : "REFUNDED"
      tell("PAYMENT.CAPTURE.\(word)", refund.id, refund.customID, isSilent, now) { base in
        ("refund", refund.json(at: now, base: base, isMinimal: false))
      }
    }
    for batch in payPal.payouts.values { lookForNews(of: batch, now: now, isSilent) }
  }

  private mutating func lookForNews(of batch: PayoutBatch, now: Int64, _ isSilent: Bool) {
    let status = batch.status(at: now)
    let word = status == "PENDING" ? "PROCESSING" : status
    tell("PAYMENT.PAYOUTSBATCH.\(word)", batch.id, batch.senderBatchID, isSilent, now) { base in
      ("payouts", batch.head(at: now, base: base))
    }
    for item in batch.items {
      guard let word = item.status(at: now).word else { continue }
      tell("PAYMENT.PAYOUTS-ITEM.\(word)", item.id, item.senderItemID, isSilent, now) { base in
        // Events have no errors; those are asked for.
        let members = item.json(at: now, base: base).members ?? []
        return ("payouts_item", .object(members.filter { $0.name != "errors" }))
      }
    }
  }

  /// - Parameters:
  ///   - id: PayPal's, of what the event is about.
  ///   - make: Gives the resource's type and the resource.
  private mutating func tell(
    _ type: String, _ id: String, _ subject: String, _ isSilent: Bool, _ now: Int64,
    _ make: (String) -> (String, JSON)
  ) {
    guard notices.isNews("\(type) \(id)"), !isSilent else { return }
    let (resourceType, resource) = make("\(address)/paypal")
    let eventID = payPal.newID("WH-")
    let link = JSON.string("\(address)/paypal/v1/notifications/webhooks-events/\(eventID)")
    let event: JSON = [
      "id": .string(eventID), "event_version": "1.0",
      "create_time": .string(Moment(milliseconds: now).text),
      "resource_type": .string(resourceType), "resource_version": "2.0",
      "event_type": .string(type), "summary": .string("\(type) for \(subject)"),
      "resource": resource, "links": [["href": link, "rel": "self", "method": "GET"]],
    ]
    notices.post(
      Notice(
        id: eventID, sender: .payPal, type: type, subject: subject, body: event.bytes, dueAt: now))
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
