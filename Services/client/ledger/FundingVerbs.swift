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
