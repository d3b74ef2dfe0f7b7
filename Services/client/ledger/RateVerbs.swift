import ArgumentParser
import Contract
import Presentation

/// `dropwire rate`.
struct RateVerbs: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rate", abstract: "The platform's commission rate.",
    subcommands: [SetRateVerb.self, RateHistoryVerb.self])
}

struct SetRateVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Set the rate of sales from now on.",
    discussion: """
      EXAMPLES:
        dropwire rate set --basis-points 1000
        dropwire rate set --basis-points 800 --user 42 --note "more than 100 orders"
      """)

  @Option(help: ArgumentHelp("0 to 10000; 1000 is 10 %.", valueName: "rate"))
  var basisPoints: Int32
  @Option(
    help: ArgumentHelp("Only for this reseller; else for all without their own.", valueName: "id"))
  var user: Int64 = 0
  @Option(help: "Why, for the history.") var note = ""
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let rate = try await session.ledger.setCommissionRate(
      SetCommissionRateRequest(userID: user, rateBps: basisPoints, note: note),
      options: session.options)
    session.show(showing, json: rate.json(pretty: true)) {
      Table.card([
        ("reseller", rate.userID == 0 ? "all without their own" : "\(rate.userID)"),
        ("rate", Shown.rate(rate.rateBps)), ("updated", Shown.time(rate.updatedAt)),
        ("by", rate.setBy), ("note", rate.note),
      ])
    }
  }
}

struct RateHistoryVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "List the rates as they were set, newest first.",
    discussion: """
      EXAMPLES:
        dropwire rate history
        dropwire rate history --user 42 --csv
      """)

  @Option(
    help: ArgumentHelp("This reseller's; else the rate of all without their own.", valueName: "id"))
  var user: Int64 = 0
  @OptionGroup var page: PageOptions
  @OptionGroup var showing: ListingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let answer = try await session.ledger.listCommissionRates(
      ListCommissionRatesRequest(
        userID: user, pageSize: page.pageSize, pageToken: page.pageToken),
      options: session.options)
    var sheet = Sheet([("since", .time), ("rate", .text), ("by", .text), ("note", .text)])
    for rate in answer.rates {
      sheet.add([
        .time(rate.updatedAt), .text(Shown.rate(rate.rateBps)), .text(rate.setBy),
        .text(rate.note),
      ])
    }
    session.show(
      showing, json: answer.json(pretty: true), sheet, ifEmpty: "never set; the default counts",
      after: PageOptions.more(answer.nextPageToken))
  }
}
