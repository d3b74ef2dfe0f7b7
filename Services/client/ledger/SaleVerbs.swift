import ArgumentParser
import Contract

/// `dropwire sale`.
struct SaleVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "sale", abstract: "Show the sale of an order: price, costs, commission, net.",
    discussion: """
      EXAMPLES:
        dropwire sale my-first
      """)

  @Argument(help: "The order.") var order: String
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let sale = try await session.ledger.getSale(
      GetSaleRequest(orderID: order), options: session.options)
    session.show(showing, json: sale.json(pretty: true)) { SalePages.card(sale) }
  }
}

/// `dropwire sales`.
struct SalesVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "sales", abstract: "List sales, oldest first.",
    discussion: """
      EXAMPLES:
        dropwire sales
        dropwire sales --user 42 --json
      """)

  @Option(help: ArgumentHelp("Only this reseller's.", valueName: "id")) var user: Int64 = 0
  @OptionGroup var page: PageOptions
  @OptionGroup var showing: ListingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let answer = try await session.ledger.listSales(
      ListSalesRequest(userID: user, pageSize: page.pageSize, pageToken: page.pageToken),
      options: session.options)
    session.show(
      showing, json: answer.json(pretty: true), SalePages.sheet(answer.sales),
      ifEmpty: "no sales", after: PageOptions.more(answer.nextPageToken))
  }
}
