import Contract
import Logging
import RPC
import Runtime
import Store

extension OrdersService {
  /// Records how the goods travel, or that they arrived, as a person says. Replay: the order as it is
  /// now; another carrier or number replaces what was said before, until the goods are delivered.
  ///
  /// PERMISSION_DENIED for a service, which has seen nothing. FAILED_PRECONDITION
  /// (ACTION_NOT_ALLOWED) unless the sale is booked and the goods are on their way.
  func submitTracking(_ request: SubmitTrackingRequest, _ context: CallContext) async throws
    -> Contract.Order
  {
    let actor = try context.actor()
    guard actor != .system else {
      throw RPCError(
        .permissionDenied, "a service may not say how goods travel; a person may",
        reason: ErrorReason(code: "PERSON_ONLY"))
    }
    var fields = Fields()
    let orderID = fields.id("order_id", request.orderID)
    let carrier = fields.text("carrier", request.carrier, isRequired: true)
    let number = fields.text("tracking_number", request.trackingNumber, isRequired: true)
    let deliveredAt = fields.time("delivered_at", request.deliveredAt)
    let now = try await book.read { $0.transaction.now }
    if let deliveredAt, deliveredAt > now + Self.clockMargin {
      fields.reject("delivered_at", "is in the future; it must be when the goods arrived")
    }
    try fields.finish()
    guard let orderID, let carrier, let number else { throw fields.refusal }
    let told = Shipment.Told(
      carrier: carrier, trackingNumber: number, deliveredAt: deliveredAt ?? 0)
    return .init(
      try await act(
        orderID, .submitTracking, actor, context,
        isReplay: { _, order in
          order.state == .delivered && order.shipment.isKnown(told)
        }
      ) { orders, order in
        try Self.submit(told, orders, order, actor)
      })
  }

  /// A person's clock may be ahead of ours by this much; milliseconds.
  private static let clockMargin: Int64 = 5 * 60 * 1000

  private static func submit(
    _ told: Shipment.Told, _ orders: OrderStore, _ order: Order, _ actor: Actor
  ) throws -> Order? {
    let isArrived = told.deliveredAt > 0
    if order.shipment.isKnown(told) && !isArrived { return order }
    let event: OrderEvent =
      isArrived ? .delivered : order.state == .shipped ? .trackingChanged : .shipped
    let changed = try orders.apply(
      event, to: order, detail: "\(told.carrier) \(told.trackingNumber)", actor: actor,
      facts: orders.shipmentFacts(event, order.shipment, told, lag: nil), ending: .tracking)
    guard let changed else { return nil }
    let effect = OrderEffect.pollTracking
    if isArrived {
      try orders.complete(effect, order.orderID)
    } else if try orders.transaction.intent(effect.rawValue, order.orderID) != nil {
      // What is awaited now, and when it is looked at next, is said again.
      try orders.transaction.schedule(effect.rawValue, order.orderID)
    }
    return changed
  }
}

extension Shipment {
  /// Whether the same was told before.
  fileprivate func isKnown(_ told: Told) -> Bool {
    (carrier, trackingNumber) == (told.carrier, told.trackingNumber)
  }
}
