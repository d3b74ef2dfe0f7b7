import Contract
import Foundation
import HTTPTypes
import Hummingbird
import Presentation
import RPC
import Runtime

/// A new order: what, how many, to whom. The names are the template's.
struct CheckoutPage: Sendable {
  /// Made with the page, so that a form that is sent twice makes one order.
  let orderID: String
  let trouble: String
  let goods: [FormField]
  let address: [FormField]
  let hasListings: Bool
}

/// The buyer is back from PayPal.
struct PaidPage: Sendable {
  let line: OrderLine
  let path: String
}

extension Console {
  private static let listingsMax: Int32 = 500

  static let checkout: [Route] = [
    Route(
      .get, "/console/checkout", "checkoutPage", "Asks what is to be ordered.",
      audience: .session, query: [.text("listing", "What is picked already.")], answer: .page
    ) { try await checkoutPage($0) },
    Route(
      .post, "/console/checkout", "consoleCheckout", "Makes an order.", audience: .session,
      body: .form, answer: .page
    ) { call in
      do {
        let order = try await checkOut(call)
        return redirect(to: Look.path(ofOrder: order.orderID))
      } catch let error as RPCError where SentForm.isCurable(error) {
        return try await checkoutPage(call, SentForm(form: call.form, error: error))
      }
    },
    Route(
      .get, "/console/checkout/{orderId}/paid", "paidPage", "Where PayPal sends buyers back to.",
      audience: .session,
      query: [.text("token", "PayPal's order."), .text("PayerID", "PayPal's buyer.")],
      answer: .page
    ) { call in
      let order = try await call.services.orders.getOrder(
        .init(orderID: call.id("orderId")), options: call.options)
      guard order.state == .awaitingPayment else {
        return redirect(to: Look.path(ofOrder: order.orderID))
      }
      return call.page(
        "paid", "Approved", .checkout,
        PaidPage(line: OrderLine(order), path: "\(Look.path(ofOrder: order.orderID))/capture"))
    },
  ]

  private static func checkOut(_ call: RouteCall) async throws -> Order {
    let form = call.form
    let orderID = form.text("orderId")
    guard let quantity = Int32(form.text("quantity")) else {
      throw Query.refusal("quantity", "is no whole number")
    }
    let path = "\(base(call))/console"
    return try await call.services.orders.createCheckout(
      .init(
        orderID: orderID, listingID: form.text("listingId"), quantity: quantity,
        shipTo: AddressFields.address(form),
        returnURL: base(call).isEmpty ? "" : "\(path)/checkout/\(encoded(orderID))/paid",
        cancelURL: base(call).isEmpty ? "" : "\(path)/orders/\(encoded(orderID))"),
      options: call.options)
  }

  /// Where this browser reaches the gateway; the form was checked to come from there.
  private static func base(_ call: RouteCall) -> String {
    call.door.publicURL.isEmpty ? call.headers[.origin] ?? "" : call.door.publicURL
  }

  private static func checkoutPage(_ call: RouteCall, _ sent: SentForm? = nil) async throws
    -> Response
  {
    let listings = try await call.services.orders.listListings(
      .init(userID: call.userID, pageSize: listingsMax), options: call.options
    ).listings
    let choices = listings.map { listing in
      let title = listing.title.isEmpty ? listing.listingID : listing.title
      let world = listing.environment == .production ? "" : " · \(listing.environment.word)"
      return (
        value: listing.listingID,
        label: "\(title) · \(Shown.amount(listing.price)) · \(listing.listingID)\(world)"
      )
    }
    let page = CheckoutPage(
      orderID: sent?.form.text("orderId") ?? UUID().uuidString.lowercased(),
      trouble: sent?.detail ?? "",
      goods: [
        FormField(
          "listingId", "What", .list(choices), value: call.query.text("listing"), sent: sent),
        FormField("quantity", "How many", value: "1", sent: sent),
      ], address: AddressFields.fields(Address(), sent), hasListings: !listings.isEmpty)
    return call.page(
      "checkout", "New order", .checkout, page,
      status: sent.map { .init(code: Problem($0.error).status) } ?? .ok)
  }
}
