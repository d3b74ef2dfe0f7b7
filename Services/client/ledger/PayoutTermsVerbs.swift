import ArgumentParser
import Contract
import Presentation
import Runtime

/// `dropwire terms`.
struct PayoutTermsVerbs: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "terms", abstract: "When payees are paid.",
    subcommands: [SetPayoutTermsVerb.self, GetPayoutTermsVerb.self])
}

struct SetPayoutTermsVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Set when a payee is paid from now on.",
    discussion: """
      Without --payee it is for all who have no terms of their own.

      EXAMPLES:
        dropwire terms set --schedule per-sale --hold-hours 72
        dropwire terms set --payee reseller:42 --schedule weekly --weekday 1 --minimum 25.00
      """)

  @Option(help: "per-sale, daily or weekly.") var schedule: String
  @Option(help: "admin, or reseller:42.") var payee = ""
  @Option(help: "Hour of the payday, in UTC.") var hour: Int32 = 0
  @Option(help: "Weekly: 1 is Monday, 7 Sunday.") var weekday: Int32 = 0
  @Option(parsing: .unconditional, help: "Less than this waits for the next payday.")
  var minimum = ""
  @Option(help: "How long a sale's share is held.") var holdHours: Int32 = 0
  @Option(help: "Payouts in which currency.") var currency = "USD"
  @OptionGroup var world: WorldOptions
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let schedule = try Typed.word(
      self.schedule, option: "--schedule",
      of: PayoutSchedule.allKnown.map { ($0, $0.shortName) })
    let least = try minimum.isEmpty ? nil : Typed.amount(minimum, currency, option: "--minimum")
    let request = SetPayoutTermsRequest(
      payee: payee, environment: world.environment, currency: currency,
      schedule: schedule ?? .unspecified, hour: hour, weekday: weekday, minimum: least,
      holdHours: holdHours)
    session.show(
      try await session.ledger.setPayoutTerms(request, options: session.options), showing)
  }
}

struct GetPayoutTermsVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Show the terms that hold for a payee.",
    discussion: """
      EXAMPLES:
        dropwire terms get reseller:42
      """)

  @Argument(help: "admin, or reseller:42; without one, the terms of all.") var payee = ""
  @Option(help: "Payouts in which currency.") var currency = "USD"
  @OptionGroup var world: WorldOptions
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let request = GetPayoutTermsRequest(
      payee: payee, environment: world.environment, currency: currency)
    session.show(
      try await session.ledger.getPayoutTerms(request, options: session.options), showing)
  }
}

extension Session {
  fileprivate func show(_ terms: PayoutTerms, _ showing: ShowingOptions) {
    show(showing, json: terms.json(pretty: true)) {
      Table.card([
        ("terms of", terms.payee.isEmpty ? "all without their own" : terms.payee),
        ("environment", terms.environment.word), ("currency", terms.currency),
        ("schedule", Shown.word(terms.schedule.shortName)),
        ("hour", terms.schedule == .perSale ? "" : "\(terms.hour) UTC"),
        ("weekday", terms.weekday == 0 ? "" : "\(terms.weekday)"),
        ("minimum", Shown.amount(terms.minimum)), ("held for", "\(terms.holdHours) hours"),
        ("set by", terms.setBy), ("updated", Shown.time(terms.updatedAt)),
      ])
    }
  }
}
