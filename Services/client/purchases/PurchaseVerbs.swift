import ArgumentParser
import Contract

/// `dropwire purchases`.
struct PurchasesVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "purchases", abstract: "List what is bought from the supplier, newest first.",
    discussion: """
      EXAMPLES:
        dropwire purchases
        dropwire purchases --user 42 --state unknown
        dropwire purchases --page-size 500 --json
      """)

  @Option(help: ArgumentHelp("Only this reseller's.", valueName: "id")) var user: Int64 = 0
  @Option(help: "Only in this state, such as awaiting-supplier-payment.") var state = ""
  @OptionGroup var page: PageOptions
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let state = try Typed.word(
      self.state, option: "--state", of: PurchaseState.allKnown.map { ($0, $0.shortName) })
    let answer = try await session.purchasing.listPurchases(
      ListPurchasesRequest(
        userID: user, state: state ?? .unspecified, pageSize: page.pageSize,
        pageToken: page.pageToken),
      options: session.options)
    session.show(showing, json: answer.json(pretty: true)) {
      PurchasePages.table(answer.purchases) + PageOptions.more(answer.nextPageToken)
    }
  }
}

/// `dropwire purchase`.
struct PurchaseVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "purchase", abstract: "Show an order's purchase: attempts, costs, proof.",
    discussion: """
      A purchase has its order's id.

      EXAMPLES:
        dropwire purchase my-first
        dropwire purchase my-first --json
      """)

  @Argument(help: "The order.") var order: String
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let purchase = try await session.purchasing.getPurchase(
      GetPurchaseRequest(orderID: order), options: session.options)
    session.show(showing, json: purchase.json(pretty: true)) { PurchasePages.page(purchase) }
  }
}
