import ArgumentParser
import Contract

/// `dropwire retry`.
struct RetryVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "retry", abstract: "Try again what was definitely refused.",
    discussion: """
      EXAMPLES:
        dropwire retry my-first
        dropwire retry my-first --ceiling 12.00
        dropwire retry my-first --ship-to address.json
      """)

  @Argument(help: "The order.") var order: String
  @OptionGroup(title: "A corrected address") var shipTo: ShipTo
  @Option(help: ArgumentHelp("A raised limit for what the goods cost.", valueName: "amount"))
  var ceiling: String?
  @Option(help: "Currency of the limit.") var currency = "USD"
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let limit = try ceiling.map { try Typed.amount($0, currency, option: "--ceiling") }
    let request = RetryOrderRequest(
      orderID: order, shipTo: try shipTo.address(), costCeiling: limit)
    session.show(
      try await session.orders.retryOrder(request, options: session.options), showing)
  }
}

/// `dropwire mark-purchased`.
struct MarkPurchasedVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "mark-purchased", abstract: "Say that you bought the goods, or found the order.",
    discussion: """
      EXAMPLES:
        dropwire mark-purchased my-first --supplier-order 8001234567890123 --cost 8.00 \
      --funded-by reseller
      """)

  @Argument(help: "The order.") var order: String
  @Option(help: ArgumentHelp("The supplier's order id; may be repeated.", valueName: "id"))
  var supplierOrder: [String]
  @Option(help: ArgumentHelp("What the supplier charged.", valueName: "amount")) var cost: String
  @Option(help: "Currency of the cost.") var currency = "USD"
  @Option(help: "Who paid the supplier: reseller or platform.") var fundedBy: String
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let request = MarkPurchasedRequest(
      orderID: order, supplierOrderIDs: supplierOrder,
      landedCost: try Typed.amount(cost, currency, option: "--cost"), fundedBy: fundedBy)
    session.show(
      try await session.orders.markPurchased(request, options: session.options), showing)
  }
}

/// `dropwire attest-not-placed`.
struct AttestNotPlacedVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "attest-not-placed", abstract: "Say that the supplier has no order for it.",
    discussion: """
      Your name is kept with what you saw.

      EXAMPLES:
        dropwire attest-not-placed my-first --evidence "no order in the account on 24 November"
      """)

  @Argument(help: "The order.") var order: String
  @Option(help: "What you saw.") var evidence: String
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let request = AttestNotPlacedRequest(orderID: order, evidence: evidence)
    session.show(
      try await session.orders.attestNotPlaced(request, options: session.options), showing)
  }
}

/// `dropwire cancel`.
struct CancelVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "cancel", abstract: "Cancel an order, as far as it can be.",
    discussion: """
      The buyer's money goes back where certainly nothing was bought. While that is being found out, \
      the wish is remembered.

      EXAMPLES:
        dropwire cancel my-first --reason "the buyer asked"
      """)

  @Argument(help: "The order.") var order: String
  @Option(help: "Why.") var reason: String
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let request = CancelOrderRequest(orderID: order, reason: reason)
    session.show(
      try await session.orders.cancelOrder(request, options: session.options), showing)
  }
}
