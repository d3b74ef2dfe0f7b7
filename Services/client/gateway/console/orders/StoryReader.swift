import Contract
import Presentation
import RPC

/// Asks the three services for their parts of an order's story, all at once.
///
/// What cannot be asked is named and the rest is told. What a person may not see is left out: the
/// journal is the platform's alone.
struct StoryReader: Sendable {
  let services: Backends
  let options: CallOptions
  let isAdmin: Bool

  struct Answer: Sendable {
    var parts = OrderStory.Parts()
    /// Absent before the payment is booked.
    var sale: Sale?
    /// Services that did not answer, by name.
    var missing: [String] = []
  }

  /// - Throws: what `orders` refuses: then there is no story.
  func read(_ orderID: String) async throws -> (order: Order, answer: Answer) {
    async let history = services.orders.getOrderHistory(
      .init(orderID: orderID), options: options)
    async let purchase = part { try await self.purchase(orderID) }
    async let payouts = part { try await self.payouts(orderID) }
    async let sale = part { try await self.sale(orderID) }
    let order = try await services.orders.getOrder(.init(orderID: orderID), options: options)
    let entries = await part { try await self.entries(order) }
    let (bought, payees, economics) = await (purchase, payouts, sale)
    var answer = Answer()
    answer.parts = .init(
      history: try await history.events, purchase: bought ?? nil, entries: entries ?? [],
      payouts: payees ?? [])
    answer.sale = economics ?? nil
    if bought == nil { answer.missing.append("purchasing") }
    if payees == nil || entries == nil || economics == nil { answer.missing.append("ledger") }
    return (order, answer)
  }

  /// Nil when the service cannot be asked.
  private func part<Value: Sendable>(_ read: () async throws -> Value) async -> Value? {
    try? await read()
  }

  /// An order that was not bought yet has no purchase.
  private func purchase(_ orderID: String) async throws -> Purchase? {
    try await orNothing {
      try await services.purchasing.getPurchase(.init(orderID: orderID), options: options)
    }
  }

  /// One that was not paid yet has no sale.
  private func sale(_ orderID: String) async throws -> Sale? {
    try await orNothing {
      try await services.ledger.getSale(.init(orderID: orderID), options: options)
    }
  }

  private func orNothing<Value: Sendable>(_ read: () async throws -> Value) async throws -> Value? {
    do {
      return try await read()
    } catch let error as RPCError where error.code == .notFound {
      return nil
    }
  }

  private func payouts(_ orderID: String) async throws -> [Payout] {
    try await services.ledger.listPayouts(
      .init(orderID: orderID, pageSize: 100), options: options
    ).payouts
  }

  private func entries(_ order: Order) async throws -> [JournalEntry] {
    guard isAdmin else { return [] }
    return try await services.ledger.listEntries(
      .init(environment: order.environment, orderID: order.orderID, pageSize: 500),
      options: options
    ).entries
  }
}
