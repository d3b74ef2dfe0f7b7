import ArgumentParser
import Contract
import Presentation

/// `dropwire payouts`.
struct PayoutsVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "payouts", abstract: "List payouts, oldest first.",
    discussion: """
      EXAMPLES:
        dropwire payouts --order my-first
        dropwire payouts --payee reseller:42 --state failed
        dropwire payouts --json
      """)

  @Option(help: "Only this order's.") var order = ""
  @Option(help: "Only this payee's: admin, or reseller:42.") var payee = ""
  @Option(help: "Only in this state, such as not-due.") var state = ""
  @OptionGroup var page: PageOptions
  @OptionGroup var showing: ListingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let state = try Typed.word(
      self.state, option: "--state", of: PayoutState.allKnown.map { ($0, $0.shortName) })
    let answer = try await session.ledger.listPayouts(
      ListPayoutsRequest(
        payee: payee, orderID: order, state: state ?? .unspecified, pageSize: page.pageSize,
        pageToken: page.pageToken),
      options: session.options)
    session.show(
      showing, json: answer.json(pretty: true), Sheet.payouts(answer.payouts),
      ifEmpty: "no payouts", after: PageOptions.more(answer.nextPageToken))
  }
}

/// `dropwire payout`.
struct PayoutVerbs: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "payout", abstract: "One transfer to one payee.",
    subcommands: [
      GetPayoutVerb.self, RequestPayoutVerb.self, RetryPayoutVerb.self, AttestPayoutVerb.self,
    ])
}

struct GetPayoutVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Show a payout, and why it waits.",
    discussion: """
      EXAMPLES:
        dropwire payout get my-first/reseller
      """)

  @Argument(help: "The payout.") var payout: String
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    session.show(
      try await session.ledger.getPayout(
        GetPayoutRequest(payoutID: payout), options: session.options), showing)
  }
}

struct RequestPayoutVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "request", abstract: "Pay out an available balance now.",
    discussion: """
      The same command with the same --id answers with the payout as it is now. PayPal carries \
      20,000.00 USD per transfer; the line "left" says what stays, to be requested under another id.

      EXAMPLES:
        dropwire payout request --id november --payee reseller:42 --amount 25.00
      """)

  @Option(help: "Your id for it: 1 to 40 of a-z, 0-9, '-'.") var id: String
  @Option(help: "admin, or reseller:42.") var payee: String
  @Option(parsing: .unconditional, help: "At most the available balance.")
  var amount: String
  @Option(help: "Currency of the amount.") var currency = "USD"
  @OptionGroup var world: WorldOptions
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let request = RequestPayoutRequest(
      payoutID: id, payee: payee, environment: world.environment,
      amount: try Typed.amount(amount, currency, option: "--amount"))
    session.show(
      try await session.ledger.requestPayout(request, options: session.options), showing)
  }
}

struct RetryPayoutVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "retry", abstract: "Send again what did not go out.",
    discussion: """
      EXAMPLES:
        dropwire payout retry my-first/reseller
      """)

  @Argument(help: "The payout.") var payout: String
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    session.show(
      try await session.ledger.retryPayout(
        RetryPayoutRequest(payoutID: payout), options: session.options), showing)
  }
}

struct AttestPayoutVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "attest",
    abstract: "End a payout by what you found out, where PayPal cannot tell.",
    discussion: """
      Your name is kept with what you saw. What was not sent can be sent again by `payout retry`.

      A payout that waits since a restore (RESTORED) is ended the same way: paid needs the id that \
      PayPal's activity shows, and not-sent sends it at once under the next generation, without \
      waiting for `ledger release-payouts`.

      EXAMPLES:
        dropwire payout attest my-first/reseller --finding not-sent --evidence "not in the activity"
        dropwire payout attest my-first/reseller --finding paid --evidence "transaction 8X1" --fee 0.25
        dropwire payout attest my-first/admin --finding paid --provider-id 8X1 --evidence "activity"
      """)

  @Argument(help: "The payout.") var payout: String
  @Option(help: "not-sent, or paid.") var finding: String
  @Option(help: "What you saw.") var evidence: String
  @Option(parsing: .unconditional, help: "Paid: what the payee got, if not what was asked for.")
  var sent = ""
  @Option(parsing: .unconditional, help: "Paid: what PayPal charged.") var fee = ""
  @Option(help: "Paid: PayPal's id of the transaction or of the item.") var providerID = ""
  @Option(help: "Currency of the amounts.") var currency = "USD"
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let finding = try Typed.word(
      self.finding, option: "--finding", of: PayoutFinding.allKnown.map { ($0, $0.shortName) })
    let request = AttestPayoutRequest(
      payoutID: payout, finding: finding ?? .unspecified, evidence: evidence,
      sent: try sent.isEmpty ? nil : Typed.amount(sent, currency, option: "--sent"),
      fee: try fee.isEmpty ? nil : Typed.amount(fee, currency, option: "--fee"),
      providerID: providerID)
    session.show(
      try await session.ledger.attestPayout(request, options: session.options), showing)
  }
}

extension Session {
  /// Shows one payout.
  fileprivate func show(_ payout: Payout, _ showing: ShowingOptions) {
    show(showing, json: payout.json(pretty: true)) { PayoutPages.card(payout) }
  }
}
