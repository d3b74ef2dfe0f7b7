import Contract
import Presentation
import RPC
import Runtime

/// One order in a list. The names are the templates'.
struct OrderLine: Sendable {
  let orderID: String
  let path: String
  let state: String
  let tone: String
  let reason: String
  let listing: String
  let quantity: Int32
  let price: String
  let cost: String
  let seller: String
  let made: String
  let madeISO: String

  init(_ order: Order) {
    orderID = order.orderID
    path = Look.path(ofOrder: order.orderID)
    state = Look.words(order.state.shortName)
    tone = Look.tone(order.state)
    let reason = order.waiting?.reason
    self.reason = order.state == .needsAttention ? Look.sentence(reason?.text ?? "") : ""
    listing = order.listingID
    quantity = order.quantity
    price = Shown.amount(order.price)
    cost = Shown.amount(order.landedCost)
    seller = order.userID == 0 ? "House" : "Reseller \(order.userID)"
    made = Shown.time(order.createdAt)
    madeISO = Look.machineTime(order.createdAt)
  }
}

/// All orders, by what is looked for.
struct OrdersPage: Sendable {
  let filters: [FormField]
  let isFiltered: Bool
  let lines: [OrderLine]
  let pager: Pager
}

extension Console {
  private static let linesOfPage: Int32 = 25

  static let pipeline = Route(
    .get, "/console/orders", "ordersPage", "Orders, newest first.", audience: .session,
    query: [
      .text("state", "Only in this state."), .text("environment", "Only in this world."),
      .text("userId", "Only of this reseller."), QueryField.pageToken,
    ], answer: .page
  ) { call in
    let filters = filters(call)
    let state = OrderState.allKnown.first { $0.shortName == call.query.text("state") }
    let answer = try await call.services.orders.listOrders(
      .init(
        userID: call.userID, state: state ?? .unspecified, pageSize: linesOfPage,
        pageToken: call.query.pageToken, environment: world(call)), options: call.options)
    return call.page(
      "orders", "Orders", .orders,
      OrdersPage(
        filters: filters, isFiltered: filters.contains { !$0.value.isEmpty },
        lines: answer.orders.map { OrderLine($0) },
        pager: Pager(
          call, "/console/orders", next: answer.nextPageToken, filters.map { ($0.name, $0.value) }))
    )
  }

  /// The world that is looked for; UNSPECIFIED for both.
  static func world(_ call: RouteCall) -> Contract.Environment {
    call.query.text("environment").isEmpty ? .unspecified : call.environment()
  }

  private static func filters(_ call: RouteCall) -> [FormField] {
    let states = OrderState.allKnown.dropFirst().map {
      (value: $0.shortName, label: Look.words($0.shortName))
    }
    let state = FormField(
      "state", "State", .list([("", "All states")] + states), value: call.query.text("state"),
      isRequired: false)
    let reseller = FormField(
      "userId", "Reseller", value: call.query.text("userId"), isRequired: false)
    return [state, environmentFilter(call)] + (call.session?.isAdmin == true ? [reseller] : [])
  }

  static func environmentFilter(_ call: RouteCall) -> FormField {
    FormField(
      "environment", "World",
      .list([("", "Both worlds"), ("sandbox", "Sandbox"), ("production", "Production")]),
      value: call.query.text("environment"), isRequired: false)
  }
}
