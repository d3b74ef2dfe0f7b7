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
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let answer = try await session.ledger.listSales(
      ListSalesRequest(userID: user, pageSize: page.pageSize, pageToken: page.pageToken),
      options: session.options)
    session.show(showing, json: answer.json(pretty: true)) {
      SalePages.table(answer.sales) + PageOptions.more(answer.nextPageToken)
    }
  }
}

/// `dropwire rate`.
struct RateVerbs: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rate", abstract: "The platform's commission rate.",
    subcommands: [SetRateVerb.self])
}

struct SetRateVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Set the rate of sales from now on.",
    discussion: """
      EXAMPLES:
        dropwire rate set --basis-points 1000
        dropwire rate set --basis-points 800 --user 42
      """)

  @Option(help: ArgumentHelp("0 to 10000; 1000 is 10 %.", valueName: "rate"))
  var basisPoints: Int32
  @Option(
    help: ArgumentHelp("Only for this reseller; else for all without their own.", valueName: "id"))
  var user: Int64 = 0
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let rate = try await session.ledger.setCommissionRate(
      SetCommissionRateRequest(userID: user, rateBps: basisPoints), options: session.options)
    session.show(showing, json: rate.json(pretty: true)) {
      Table.card([
        ("reseller", rate.userID == 0 ? "all without their own" : "\(rate.userID)"),
        ("rate", Shown.rate(rate.rateBps)), ("updated", Shown.time(rate.updatedAt)),
      ])
    }
  }
}
