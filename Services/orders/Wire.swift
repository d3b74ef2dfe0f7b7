import Contract
import Money
import Runtime

extension Contract.Order {
  init(_ order: Order) {
    self.init(
      orderID: order.orderID, state: order.state.contract, userID: order.userID,
      environment: order.environment, listingID: order.listingID, productURL: order.productURL,
      skuID: order.skuID, quantity: Int32(order.quantity), price: .init(order.price),
      shipTo: order.shipTo, paypalOrderID: order.payPalOrderID, approveURL: order.approveURL,
      captureID: order.captureID, paymentFee: order.paymentFee.map { .init($0) },
      supplierOrderIDs: order.supplierOrderIDs, landedCost: order.landedCost.map { .init($0) },
      purchasePath: order.purchasePath, isCaptureBooked: order.progress.isCaptureBooked,
      isSaleBooked: order.progress.isSaleBooked,
      waiting: OrderExplanation(order).map { Waiting($0) },
      createdAt: Timestamp(milliseconds: order.createdAt),
      updatedAt: Timestamp(milliseconds: order.updatedAt),
      cancelRequestedAt: .known(order.cancelRequestedAt),
      refundedAmount: order.refund.amount.map { .init($0) },
      paypalRefundID: order.refund.payPalRefundID,
      refundedAt: .known(order.refund.refundedAt),
      isRefundBooked: order.progress.isRefundBooked, carrier: order.shipment.carrier,
      trackingNumber: order.shipment.trackingNumber,
      shippedAt: .known(order.shipment.shippedAt),
      deliveredAt: .known(order.shipment.deliveredAt),
      carrierSeenAt: .known(order.shipment.carrierSeenAt),
      carrierSaid: order.shipment.carrierSaid,
      shippedLag: order.shipment.shippedLag.map { Lag(milliseconds: $0) },
      deliveredLag: order.shipment.deliveredLag.map { Lag(milliseconds: $0) },
      capturedAmount: order.captured.map { .init($0) })
  }
}

extension Timestamp {
  /// Nil for 0, which is what is not known.
  fileprivate static func known(_ milliseconds: Int64) -> Timestamp? {
    milliseconds == 0 ? nil : Timestamp(milliseconds: milliseconds)
  }
}

extension Waiting {
  init(_ explanation: OrderExplanation) {
    self.init(
      reason: Reason(explanation.reason), since: Timestamp(milliseconds: explanation.since),
      next: explanation.next,
      nextAt: explanation.nextAt == 0 ? nil : Timestamp(milliseconds: explanation.nextAt),
      allowedActions: explanation.actions)
  }
}

extension Reason {
  init(_ reason: OrderReason) {
    self.init(
      code: reason.code, text: reason.text, owner: reason.owner,
      providerCode: reason.providerCode)
  }
}

extension OrderReason {
  /// Another service's reason, as it said it.
  init(_ reason: Reason) {
    self.init(
      code: reason.code, text: reason.text, owner: reason.owner,
      providerCode: reason.providerCode)
  }
}

extension Contract.OrderEvent {
  init(_ event: OrderStore.Event) {
    self.init(
      sequence: event.sequence, recordedAt: Timestamp(milliseconds: event.recordedAt),
      from: event.from?.contract ?? .unspecified, to: event.to.contract, cause: event.cause,
      detail: event.detail, actor: event.actor)
  }
}

extension Contract.Listing {
  init(_ listing: Listing, updatedAt: Int64) {
    self.init(
      listingID: listing.listingID, userID: listing.userID, environment: listing.environment,
      productURL: listing.productURL, skuID: listing.skuID, title: listing.title,
      price: .init(listing.price), updatedAt: Timestamp(milliseconds: updatedAt))
  }
}
