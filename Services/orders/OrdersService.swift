import Contract
import Logging
import Money
import RPC
import Runtime
import Store

/// The face of `orders`: reads a request, checks who acts, runs one transaction, waits for what its
/// intents make of it, answers.
///
/// A replay answers with the order as it is now; the same id with other content is ALREADY_EXISTS and
/// names the field. Errors come in this order: who acts, the fields, the rows, the order's state. See
/// `OrdersError` for those of the state.
struct OrdersService: OrdersMethods {
  let book: OrderBook
  let gateway: any PaymentGateway
  let logger: Logger

  /// Makes an order and its PayPal order, and answers once the buyer can approve, or near the
  /// deadline.
  ///
  /// FAILED_PRECONDITION: PAYPAL_NOT_CONFIGURED, CURRENCY_NOT_TAKEN.
  func createCheckout(_ request: CreateCheckoutRequest, _ context: CallContext) async throws
    -> Contract.Order
  {
    let actor = try context.actor()
    let read = try CheckoutRequest(request)
    let listening = book.bell.listen(to: read.orderID)
    defer { book.bell.close(listening) }
    let gateway = gateway
    let (order, isNew) = try await book.write { orders in
      try read.checkOut(orders, actor) { gateway.isConfigured(for: $0) }
    }
    if isNew {
      CrashPoint.reached(OrdersStep.checkoutCommitted)
      context.logger.info(
        "checked out",
        metadata: [
          "order": "\(order.orderID)", "price": "\(order.price)", "by": "\(actor)",
        ])
    }
    return .init(
      try await newest(order, listening, context) {
        $0.state != .awaitingPayment || !$0.payPalOrderID.isEmpty
      })
  }

  /// Captures the buyer's payment, and answers once PayPal's answer is known, or near the deadline.
  ///
  /// FAILED_PRECONDITION with PayPal's code when the buyer must do something first;
  /// INVALID_ARGUMENT for another PayPal order than the checkout's; UNAVAILABLE
  /// (PAYPAL_ORDER_NOT_MADE) before there is one. An order past its capture is answered as it is.
  func captureOrder(_ request: CaptureOrderRequest, _ context: CallContext) async throws
    -> Contract.Order
  {
    let actor = try context.actor()
    var fields = Fields()
    let payPalOrderID = fields.text("paypal_order_id", request.paypalOrderID)
    guard let orderID = fields.id("order_id", request.orderID), let payPalOrderID else {
      throw fields.refusal
    }
    let listening = book.bell.listen(to: orderID)
    defer { book.bell.close(listening) }
    let order = try await book.write { orders in
      try Self.requestCapture(orders, orderID, payPalOrderID, actor)
    }
    CrashPoint.reached(OrdersStep.captureIntentCommitted)
    let answer = try await newest(order, listening, context) { $0.state != .capturing }
    if answer.state == .awaitingPayment,
      let wait = answer.waits.first(where: { $0.subject == .payment })
    {
      throw OrdersError.notCaptured(
        orderID: orderID, wait.reason, approveURL: answer.approveURL)
    }
    return .init(answer)
  }

  /// The order once it fits, or as it is when the caller's time is nearly over.
  func newest(
    _ order: Order, _ listening: OrderBell.Listening?, _ context: CallContext,
    where fits: (Order) -> Bool
  ) async throws -> Order {
    guard let listening else { return order }
    return try await listening.first(
      from: order, until: context.answerBy,
      reading: { try await book.read { try $0.require(order.orderID) } }, where: fits)
  }

  private static func requestCapture(
    _ orders: OrderStore, _ orderID: String, _ payPalOrderID: String, _ actor: Actor
  ) throws -> Order {
    let order = try orders.require(orderID)
    try actor.requireAccess(to: order.userID)
    if order.payPalOrderID.isEmpty, order.state == .awaitingPayment {
      throw OrdersError.payPalOrderNotMade(orderID: orderID)
    }
    if !payPalOrderID.isEmpty, payPalOrderID != order.payPalOrderID {
      throw OrdersError.otherPayPalOrder(
        orderID: orderID, stored: order.payPalOrderID, given: Fields.shown(payPalOrderID))
    }
    guard order.state == .awaitingPayment else { return order }
    let requested = try orders.apply(
      .captureRequested, to: order, detail: order.captureKey, actor: actor,
      facts: [.init("captureRequestedAt", .integer(orders.transaction.now))])
    return requested ?? order
  }
}

extension CallContext {
  /// When to answer with what is known: shortly before the caller stops waiting.
  var answerBy: ContinuousClock.Instant {
    deadline - min(.seconds(1), remaining / 5)
  }
}
