import Contract
import Foundation
import Presentation
import RPC

/// What becomes of the forms of an order's actions.
extension Console {
  static let acting: [Route] = [
    act(.capture, "capture", "consoleCapture", "Takes the buyer's payment."),
    act(.retry, "retry", "consoleRetry", "Tries again."),
    act(.markPurchased, "mark-purchased", "consoleMarkPurchased", "Says that it is bought."),
    act(.attestNotPlaced, "attest-not-placed", "consoleAttest", "Says that it was not bought."),
    act(.cancel, "cancel", "consoleCancel", "Ends an order."),
    act(.submitTracking, "tracking", "consoleTracking", "Says how the goods travel."),
  ]

  private static func act(
    _ action: OrderAction, _ word: String, _ name: String, _ summary: String
  ) -> Route {
    Route(
      .post, "/console/orders/{orderId}/\(word)", name, summary, audience: .session, body: .form,
      answer: .page
    ) { call in
      do {
        let order = try await send(action, call)
        let (text, tone) = outcome(action, order)
        let back = call.form.text("back")
        return call.done(
          text, tone: tone, goTo: back.isEmpty ? Look.path(ofOrder: order.orderID) : back)
      } catch let error as RPCError where SentForm.isCurable(error) {
        let sent = SentForm(form: call.form, error: error)
        return try await story(call, sent: (action, sent), status: Problem(error).status)
      }
    }
  }

  private static func send(_ action: OrderAction, _ call: RouteCall) async throws -> Order {
    let (id, orders) = (call.id("orderId"), call.services.orders)
    switch action {
    case .capture:
      return try await orders.captureOrder(.init(orderID: id), options: call.options)
    case .retry: return try await retry(id, call)
    case .markPurchased:
      let ids = call.form.text("supplierOrderIds").split { $0.isWhitespace || $0 == "," }
      let order = try await orders.getOrder(.init(orderID: id), options: call.options)
      return try await orders.markPurchased(
        .init(
          orderID: id, supplierOrderIDs: ids.map(String.init),
          landedCost: try amount("landedCost", call, order),
          fundedBy: call.form.text("fundedBy")), options: call.options)
    case .attestNotPlaced:
      return try await orders.attestNotPlaced(
        .init(orderID: id, evidence: call.form.text("evidence")), options: call.options)
    case .submitTracking:
      let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
      return try await orders.submitTracking(
        .init(
          orderID: id, carrier: call.form.text("carrier"),
          trackingNumber: call.form.text("trackingNumber"),
          deliveredAt: call.form.text("delivered").isEmpty ? nil : now), options: call.options)
    case .cancel, .refund, .unspecified, .unrecognized:
      return try await orders.cancelOrder(
        .init(orderID: id, reason: call.form.text("reason")), options: call.options)
    }
  }

  /// Sends an address only when it was corrected.
  private static func retry(_ id: String, _ call: RouteCall) async throws -> Order {
    let order = try await call.services.orders.getOrder(.init(orderID: id), options: call.options)
    var request = RetryOrderRequest(orderID: id)
    if !call.form.text("costCeiling").isEmpty {
      request.costCeiling = try amount("costCeiling", call, order)
    }
    let address = AddressFields.address(call.form)
    if address != Address(), address != order.shipTo { request.shipTo = address }
    return try await call.services.orders.retryOrder(request, options: call.options)
  }

  /// A decimal amount in the order's currency.
  private static func amount(_ field: String, _ call: RouteCall, _ order: Order) throws
    -> Contract.Money
  {
    let code = order.price?.currency ?? ""
    do throws(Entered.Unreadable) {
      return try Entered.amount(call.form.text(field), code)
    } catch {
      throw Query.refusal(field, "is no amount in \(code) such as 8.00")
    }
  }

  /// What was done, in words that stay true while the order goes on.
  private static func outcome(_ action: OrderAction, _ order: Order) -> (String, tone: String) {
    if order.state == .needsAttention || (action == .capture && order.state == .awaitingPayment) {
      return (Look.sentence(order.waiting?.reason?.text ?? "it waits for a person") + ".", "warn")
    }
    switch action {
    case .capture: return ("The payment is taken care of. This page follows the order.", "good")
    case .retry: return ("It is tried again.", "good")
    case .markPurchased: return ("It is marked as bought.", "good")
    case .attestNotPlaced: return ("It is kept that nothing was bought.", "good")
    case .submitTracking: return ("It is kept how the goods travel.", "good")
    case .cancel, .refund, .unspecified, .unrecognized:
      switch order.state {
      case .cancelled: return ("The order is cancelled.", "good")
      case .refunding, .refunded: return ("The buyer's money goes back.", "good")
      default: return ("The wish is kept until it is known whether something was bought.", "warn")
      }
    }
  }
}
