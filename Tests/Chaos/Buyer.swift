import Contract
import RPC
import Support

/// Buyers: each order is checked out and paid, whatever dies in between.
struct Buyer: Sendable {
  /// A buyer who was declined so often gives up.
  private static let triesMax = 6
  private static let patience = Duration.seconds(120)

  let market: Market
  let notes: Notes
  /// When every buyer has given up.
  let closing: ContinuousClock.Instant

  /// Aims the order's faults, then buys. An order that was accepted is never asked for as another.
  func buy(_ scenario: Scenario) async throws {
    for fault in scenario.faults { try await aim(fault, at: scenario.orderID) }
    do {
      try await checkOut(scenario)
      if scenario.course == .abandoned { return try await cancel(scenario.orderID) }
      try await pay(scenario)
      if scenario.course == .regretted { try await cancel(scenario.orderID) }
    } catch let error as RPCError {
      notes.violated("a buyer was answered \(error)", scenario.orderID)
    } catch let error as NeverHappened {
      notes.violated("\(error)", scenario.orderID)
    }
  }

  private func aim(_ fault: Scenario.AimedFault, at orderID: String) async throws {
    var extra: [String: any Sendable] = [:]
    // The challenge is answered when somebody logs in by hand.
    if fault.name.hasPrefix("shop.captcha") { extra["seconds"] = 0 }
    if let code = fault.code { extra["code"] = code }
    if let delay = fault.delay { extra["delayMilliseconds"] = delay }
    try await market.cluster.sandbox.fault(
      fault.name, times: fault.times, match: fault.isForOne ? orderID : nil, extra: extra)
  }

  private func checkOut(_ scenario: Scenario) async throws {
    _ = try await insist("\(scenario.orderID) is checked out") {
      try await market.shop.checkout(
        scenario.orderID, listing: scenario.listing, shipTo: scenario.address)
    }
  }

  private func pay(_ scenario: Scenario) async throws {
    var tries = 0
    _ = try await insist("\(scenario.orderID) is paid") { () -> Contract.Order? in
      var order = try await market.shop.order(scenario.orderID)
      // Until PayPal has an order there is nothing to approve.
      if order.state == .awaitingPayment, !order.paypalOrderID.isEmpty {
        if tries >= Self.triesMax {
          try await cancel(scenario.orderID)
          return order
        }
        tries += 1
        guard let captured = try await capture(scenario.orderID) else { return nil }
        order = captured
      }
      return [.awaitingPayment, .capturing].contains(order.state) ? nil : order
    }
  }

  /// Pays; nil when PayPal declined, after which another try may do, or when the order has moved on.
  private func capture(_ orderID: String) async throws -> Contract.Order? {
    do {
      return try await market.shop.capture(orderID)
    } catch let error as RPCError where error.code == .failedPrecondition {
      return nil
    }
  }

  /// Wants an order ended. That it cannot be, since the goods are bought, is an answer.
  private func cancel(_ orderID: String) async throws {
    notes.did("CancelOrder by a buyer")
    _ = try await insist("\(orderID) is cancelled") { () -> Bool? in
      do {
        _ = try await market.cluster.orders.cancelOrder(
          .init(orderID: orderID, reason: "the buyer changed his mind"), options: Market.options)
      } catch let error as RPCError where error.code == .failedPrecondition {
        return true
      }
      return true
    }
  }

  /// Asks again while services come and go.
  private func insist<Value>(_ what: String, _ ask: () async throws -> Value?) async throws -> Value
  {
    let patience = min(Self.patience, closing - .now)
    return try await eventually(what, within: patience, every: .milliseconds(30)) {
      do {
        return try await ask()
      } catch let error as RPCError where error.mayBeTriedAgain {
        return nil
      }
    }
  }
}
