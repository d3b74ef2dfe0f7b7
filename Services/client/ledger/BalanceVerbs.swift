import ArgumentParser
import Contract
import Presentation

/// `dropwire balance`.
struct BalanceVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "balance", abstract: "Show an account's balance, and what could be paid out.",
    discussion: """
      EXAMPLES:
        dropwire balance reseller:42
        dropwire balance paypal --currency EUR
      """)

  @Argument(help: "reseller:42, adminPayable, paypal and so on.") var account: String
  @Option(help: "ISO 4217.") var currency = "USD"
  @OptionGroup var world: WorldOptions
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let request = GetBalanceRequest(
      account: account, environment: world.environment, currency: currency)
    let balance = try await session.ledger.getBalance(request, options: session.options)
    session.show(showing, json: balance.json(pretty: true)) { BookPages.card(balance) }
  }
}

/// `dropwire statement`.
struct StatementVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "statement", abstract: "List what went through an account.",
    discussion: """
      EXAMPLES:
        dropwire statement reseller:42
        dropwire statement reseller:42 --csv > statement.csv
      """)

  @Argument(help: "reseller:42, adminPayable, paypal and so on.") var account: String
  @Option(help: "ISO 4217.") var currency = "USD"
  @OptionGroup var world: WorldOptions
  @OptionGroup var page: PageOptions
  @OptionGroup var showing: ListingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let request = GetStatementRequest(
      account: account, environment: world.environment, currency: currency,
      pageSize: page.pageSize, pageToken: page.pageToken)
    let answer = try await session.ledger.getStatement(request, options: session.options)
    session.show(
      showing, json: answer.json(pretty: true), Sheet.statement(answer.lines),
      ifEmpty: "nothing went through this account",
      after: PageOptions.more(answer.nextPageToken))
  }
}

/// `dropwire trial-balance`.
struct TrialBalanceVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "trial-balance", abstract: "Show every account; debits and credits are equal.",
    discussion: """
      Ends with 1 when they are not.

      EXAMPLES:
        dropwire trial-balance
        dropwire trial-balance --environment production --json
      """)

  @Option(help: "Only this currency.") var currency = ""
  @OptionGroup var world: WorldOptions
  @OptionGroup var showing: ListingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let answer = try await session.ledger.trialBalance(
      TrialBalanceRequest(environment: world.environment, currency: currency),
      options: session.options)
    session.show(
      showing, json: answer.json(pretty: true), BookPages.sheet(answer), ifEmpty: "no accounts",
      after: "\n\n" + BookPages.verdict(answer))
    let isOff = answer.totals.contains { ($0.difference?.minorUnits ?? 0) != 0 }
    if isOff { throw ExitCode(ExitStatus.badNews.rawValue) }
  }
}
