import ArgumentParser
import Contract
import Presentation
import Runtime

/// `dropwire recipient`.
struct RecipientVerbs: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recipient", abstract: "Where payees' money goes.",
    subcommands: [PutRecipientVerb.self, VerifyRecipientVerb.self, ListRecipientsVerb.self])
}

struct PutRecipientVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "put", abstract: "Say where a payee's money goes from now on.",
    discussion: """
      What a reseller puts is used once the platform has verified it.

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
    session.show(
      try await session.ledger.putPayoutRecipient(
        PutPayoutRecipientRequest(payee: payee, environment: world.environment, email: email),
        options: session.options), showing)
  }
}

struct VerifyRecipientVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Say that an address is the payee's own.",
    discussion: """
      Your name is kept with what you saw.

      EXAMPLES:
        dropwire recipient verify reseller:42 --version 2 --evidence "called him on 24 November"
      """)

  @Argument(help: "admin, or reseller:42.") var payee: String
  @Option(help: "Of the address: the newest.") var version: Int32
  @Option(help: "What you saw.") var evidence: String
  @OptionGroup var world: WorldOptions
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    session.show(
      try await session.ledger.verifyPayoutRecipient(
        VerifyPayoutRecipientRequest(
          payee: payee, environment: world.environment, version: version, evidence: evidence),
        options: session.options), showing)
  }
}

struct ListRecipientsVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Show all addresses that a payee had, newest first.",
    discussion: """
      EXAMPLES:
        dropwire recipient list reseller:42
      """)

  @Argument(help: "admin, or reseller:42.") var payee: String
  @OptionGroup var world: WorldOptions
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let answer = try await session.ledger.listPayoutRecipients(
      ListPayoutRecipientsRequest(payee: payee, environment: world.environment),
      options: session.options)
    session.show(showing, json: answer.json(pretty: true)) {
      var table = Table([
        .right("version"), .left("email"), .left("put by"), .left("at"), .left("verified by"),
        .left("evidence"),
      ])
      for one in answer.recipients {
        table.add([
          "\(one.version)", one.email, one.putBy, Shown.time(one.updatedAt), one.verifiedBy,
          one.evidence,
        ])
      }
      return table.text(ifEmpty: "no addresses")
    }
  }
}

extension Session {
  fileprivate func show(_ recipient: PayoutRecipient, _ showing: ShowingOptions) {
    show(showing, json: recipient.json(pretty: true)) {
      Table.card([
        ("payee", recipient.payee), ("environment", recipient.environment.word),
        ("email", recipient.email), ("version", "\(recipient.version)"),
        ("put by", recipient.putBy), ("updated", Shown.time(recipient.updatedAt)),
        ("verified by", recipient.verifiedBy), ("verified", Shown.time(recipient.verifiedAt)),
        ("evidence", recipient.evidence),
      ])
    }
  }
}
