import ArgumentParser
import Contract
import Foundation
import RPC

/// `dropwire why`.
struct WhyVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "why", abstract: "Say why an order waits, what comes next and who may act.",
    discussion: """
      Asks the three services. One that cannot be asked is named at the end, and the rest is shown.

      EXAMPLES:
        dropwire why my-first
        dropwire why my-first --json
      """)

  @Argument(help: "The order.") var order: String
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let explanation = try await ExplanationReader(session: session, orderID: order).read()
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let json = String(decoding: try encoder.encode(explanation), as: UTF8.self)
    session.show(showing, json: json) { explanation.text }
  }
}

/// Asks the three services what an order waits for.
struct ExplanationReader: Sendable {
  let session: Session
  let orderID: String

  private typealias Part = (waits: [Explanation.Wait], complaint: Complaint?)

  /// - Throws: what `orders` answers when it does not show the order: then nothing can be explained.
  func read() async throws -> Explanation {
    async let purchasing = part { try await purchaseWaits() }
    async let ledger = part { try await payoutWaits() }
    let order = try await session.orders.getOrder(
      GetOrderRequest(orderID: orderID), options: session.options)
    let (bought, paidOut) = await (purchasing, ledger)
    return Explanation(
      order: orderID, state: OrderPages.state(order.state),
      waits: [Explanation.Wait(order)].compactMap { $0 } + bought.waits + paidOut.waits,
      missing: [bought, paidOut].compactMap(\.complaint).map(\.text))
  }

  private func part(_ read: () async throws -> [Explanation.Wait]) async -> Part {
    do {
      return (try await read(), nil)
    } catch {
      return ([], Complaint(error))
    }
  }

  /// An order that was not bought yet has no purchase.
  private func purchaseWaits() async throws -> [Explanation.Wait] {
    do {
      let purchase = try await session.purchasing.getPurchase(
        GetPurchaseRequest(orderID: orderID), options: session.options)
      return [Explanation.Wait(purchase)].compactMap { $0 }
    } catch let error as RPCError where error.code == .notFound {
      return []
    }
  }

  private func payoutWaits() async throws -> [Explanation.Wait] {
    try await session.ledger.listPayouts(
      ListPayoutsRequest(orderID: orderID, pageSize: 100), options: session.options
    ).payouts.compactMap { Explanation.Wait($0) }
  }
}
