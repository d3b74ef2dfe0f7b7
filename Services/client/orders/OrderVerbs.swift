import ArgumentParser
import Contract
import RPC

/// `dropwire order`.
struct OrderVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "order", abstract: "Show an order, and why it waits.",
    discussion: """
      EXAMPLES:
        dropwire order my-first
        dropwire order my-first --json
      """)

  @Argument(help: "The order.") var order: String
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let order = try await session.orders.getOrder(
      GetOrderRequest(orderID: order), options: session.options)
    session.show(order, showing)
  }
}

/// `dropwire orders`.
struct OrdersVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "orders", abstract: "List orders, newest first.",
    discussion: """
      EXAMPLES:
        dropwire orders
        dropwire orders --user 42 --state needs-attention
        dropwire orders --page-size 500 --json
      """)

  @Option(help: ArgumentHelp("Only this reseller's.", valueName: "id")) var user: Int64 = 0
  @Option(help: "Only in this state, such as needs-attention.") var state = ""
  @OptionGroup var page: PageOptions
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let state = try Typed.word(
      self.state, option: "--state", of: OrderState.allKnown.map { ($0, $0.shortName) })
    let answer = try await session.orders.listOrders(
      ListOrdersRequest(
        userID: user, state: state ?? .unspecified, pageSize: page.pageSize,
        pageToken: page.pageToken),
      options: session.options)
    session.show(showing, json: answer.json(pretty: true)) {
      OrderPages.table(answer.orders) + PageOptions.more(answer.nextPageToken)
    }
  }
}

/// `dropwire watch`.
struct WatchVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Show orders as they are, then again whenever one changes.",
    discussion: """
      Goes on until it is interrupted.

      EXAMPLES:
        dropwire watch
        dropwire watch --order my-first
        dropwire watch --user 42 --json
        dropwire watch --changes-only
      """)

  @Option(help: ArgumentHelp("Only this reseller's.", valueName: "id")) var user: Int64 = 0
  @Option(help: "Only this order.") var order = ""
  @Flag(help: "Leave out the orders as they are now.") var changesOnly = false
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let changes = session.orders.watchOrders(
      WatchOrdersRequest(userID: user, orderID: order, changesOnly: changesOnly),
      options: session.streaming(calling))
    for try await order in changes {
      session.show(showing, json: order.json(pretty: false)) { OrderPages.line(order) }
    }
  }
}

extension Session {
  /// Shows one order.
  func show(_ order: Contract.Order, _ showing: ShowingOptions) {
    show(showing, json: order.json(pretty: true)) { OrderPages.card(order) }
  }
}
