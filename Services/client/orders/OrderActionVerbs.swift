import ArgumentParser
import Contract
import Foundation

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

/// `dropwire submit-tracking`.
struct SubmitTrackingVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "submit-tracking", abstract: "Say how the goods of an order travel.",
    discussion: """
      For goods that no API tells of, such as those bought in a browser or by hand. Your name is kept \
      with it.

      EXAMPLES:
        dropwire submit-tracking my-first --carrier "China Post" --number LX123456789CN
        dropwire submit-tracking my-first --carrier DHL --number 1Z9 --delivered
      """)

  @Argument(help: "The order.") var order: String
  @Option(help: "Who carries them.") var carrier: String
  @Option(help: "The carrier's number.") var number: String
  @Flag(help: "They have arrived.") var delivered = false
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let request = SubmitTrackingRequest(
      orderID: order, carrier: carrier, trackingNumber: number,
      deliveredAt: delivered ? Timestamp(milliseconds: Self.now()) : nil)
    session.show(
      try await session.orders.submitTracking(request, options: session.options), showing)
  }

  private static func now() -> Int64 { Int64(Date().timeIntervalSince1970 * 1000) }
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
