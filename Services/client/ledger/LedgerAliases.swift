import ArgumentParser

// The ledger's top-level verbs have a place beside the others under `dropwire ledger` too.

struct LedgerAccountVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "account", abstract: BalanceVerb.configuration.abstract,
    discussion: """
      EXAMPLES:
        dropwire ledger account reseller:42
      """)

  @OptionGroup var verb: BalanceVerb
  var calling: CallingOptions { verb.calling }

  func run(in session: Session) async throws { try await verb.run(in: session) }
}

struct LedgerStatementVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "statement", abstract: StatementVerb.configuration.abstract,
    discussion: """
      EXAMPLES:
        dropwire ledger statement reseller:42 --csv
      """)

  @OptionGroup var verb: StatementVerb
  var calling: CallingOptions { verb.calling }

  func run(in session: Session) async throws { try await verb.run(in: session) }
}

struct LedgerTrialVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "trial-balance", abstract: TrialBalanceVerb.configuration.abstract,
    discussion: """
      EXAMPLES:
        dropwire ledger trial-balance --currency JPY
      """)

  @OptionGroup var verb: TrialBalanceVerb
  var calling: CallingOptions { verb.calling }

  func run(in session: Session) async throws { try await verb.run(in: session) }
}

struct LedgerPayoutsVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "payouts", abstract: PayoutsVerb.configuration.abstract,
    discussion: """
      EXAMPLES:
        dropwire ledger payouts --state pending --csv
      """)

  @OptionGroup var verb: PayoutsVerb
  var calling: CallingOptions { verb.calling }

  func run(in session: Session) async throws { try await verb.run(in: session) }
}
