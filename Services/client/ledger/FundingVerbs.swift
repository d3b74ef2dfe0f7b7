import ArgumentParser
import Contract
import Runtime

/// `dropwire fund`.
struct FundVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "fund", abstract: "Book that the platform put money into PayPal, or took it out.",
    discussion: """
      The same command with the same --id changes nothing.

      EXAMPLES:
        dropwire fund --id float --amount 500.00
        dropwire fund --id profit-november --amount 120.00 --withdraw
      """)

  @Option(help: "Your id for it; with the same id it is booked once.") var id: String
  @Option(parsing: .unconditional, help: "How much.")
  var amount: String
  @Option(help: "Currency of the amount.") var currency = "USD"
  @Flag(help: "Money went out.") var withdraw = false
  @OptionGroup var world: WorldOptions
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let request = RecordFundingRequest(
      fundingID: id, environment: world.environment, direction: withdraw ? .withdrawal : .topUp,
      amount: try Typed.amount(amount, currency, option: "--amount"), occurredAt: nil)
    let answer = try await session.ledger.recordFunding(request, options: session.options)
    session.show(showing, json: answer.json(pretty: true)) { BookPages.card(answer.entry) }
  }
}

/// `dropwire recipient`.
struct RecipientVerbs: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recipient", abstract: "Where payees' money goes.",
    subcommands: [PutRecipientVerb.self])
}

struct PutRecipientVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "put", abstract: "Say where a payee's money goes from now on.",
    discussion: """
      EXAMPLES:
        dropwire recipient put admin platform@example.com
        dropwire recipient put reseller:42 reseller-42@example.com
      """)

  @Argument(help: "admin, or reseller:42.") var payee: String
  @Argument(help: "The PayPal account's e-mail address.") var email: String
  @OptionGroup var world: WorldOptions
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let recipient = try await session.ledger.putPayoutRecipient(
      PutPayoutRecipientRequest(payee: payee, environment: world.environment, email: email),
      options: session.options)
    session.show(showing, json: recipient.json(pretty: true)) {
      Table.card([
        ("payee", recipient.payee), ("environment", recipient.environment.word),
        ("email", recipient.email), ("version", "\(recipient.version)"),
        ("updated", Shown.time(recipient.updatedAt)),
      ])
    }
  }
}
