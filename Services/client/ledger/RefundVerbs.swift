import ArgumentParser
import Contract

struct RefundVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "refund", abstract: "Book that a buyer got money back.",
    discussion: """
      It moves no money: give it back at PayPal first. The same command with the same --id changes \
      nothing.

      EXAMPLES:
        dropwire ledger refund my-first --id broken-mug --amount 20.00
        dropwire ledger refund my-first --id half --amount 10.00 --supplier 4.00
      """)

  @Argument(help: "The order.") var order: String
  @Option(help: "Your id for it; with the same id it is booked once.") var id: String
  @Option(parsing: .unconditional, help: "What the buyer got.") var amount: String
  @Option(parsing: .unconditional, help: "What the supplier gave back.") var supplier: String?
  @Option(help: "Currency of the amounts.") var currency = "USD"
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let sale = try await session.ledger.recordRefund(
      RecordRefundRequest(
        orderID: order, refundID: id,
        refunded: try Typed.amount(amount, currency, option: "--amount"),
        supplierRefund: try supplier.map {
          try Typed.amount($0, currency, option: "--supplier")
        }), options: session.options)
    session.show(showing, json: sale.json(pretty: true)) { SalePages.card(sale) }
  }
}

struct DisputeVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "dispute", abstract: "Book that a dispute was opened, won or lost.",
    discussion: """
      An open dispute holds its amount back from the seller; a lost one is a refund with a fee.

      EXAMPLES:
        dropwire ledger dispute my-first --id PP-D-12345 --state opened --amount 20.00
        dropwire ledger dispute my-first --id PP-D-12345 --state won
        dropwire ledger dispute my-first --id PP-D-12345 --state lost --amount 20.00 --fee 15.00
      """)

  @Argument(help: "The order.") var order: String
  @Option(help: "PayPal's id of the dispute.") var id: String
  @Option(help: "opened, won or lost.") var state: String
  @Option(
    parsing: .unconditional, help: "Opened: what is disputed. Lost: what the buyer got.")
  var amount: String?
  @Option(parsing: .unconditional, help: "Lost: what PayPal charged for it.") var fee: String?
  @Option(help: "Currency of the amounts.") var currency = "USD"
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let state = try Typed.word(
      self.state, option: "--state", of: DisputeState.allKnown.map { ($0, $0.shortName) })
    let sale = try await session.ledger.recordDispute(
      RecordDisputeRequest(
        orderID: order, disputeID: id, state: state ?? .unspecified,
        amount: try amount.map { try Typed.amount($0, currency, option: "--amount") },
        fee: try fee.map { try Typed.amount($0, currency, option: "--fee") }),
      options: session.options)
    session.show(showing, json: sale.json(pretty: true)) { SalePages.card(sale) }
  }
}

struct ReleasePayoutsVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "release-payouts", abstract: "Let payouts go out again after a restore.",
    discussion: """
      Since the restore no new payout is sent: what was sent after the backup is unknown to the \
      books. Compare the payouts that wait (RESTORED) with PayPal's activity first.

      EXAMPLES:
        dropwire ledger release-payouts --note "nothing was sent on 24 November after 02:00"
      """)

  @Option(help: "What you saw in PayPal's activity; it is kept.") var note: String
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let answer = try await session.ledger.releasePayouts(
      ReleasePayoutsRequest(note: note), options: session.options)
    session.show(showing, json: answer.json(pretty: true)) {
      answer.wasHeld ? "payouts go out again" : "nothing was held"
    }
  }
}
