import Contract
import RPC
import Support
import Synchronization

/// The people behind the platform: they look at what needs them, look into the supplier's order list
/// and at PayPal, and act through the services as persons do.
final class Operator: Sendable {
  /// After so many tries the buyer gets his money back, where that is allowed.
  private static let retriesMax = 6
  private static let pause = Duration.milliseconds(150)
  /// Who see to orders at the same time.
  private static let personsMax = 8
  static let pageSize: Int32 = 500

  let market: Market
  let notes: Notes
  private let scenarios: [String: Scenario]
  private let retries = Mutex<[String: Int]>([:])
  let fundings = Fundings()

  init(market: Market, scenarios: [Scenario], notes: Notes) {
    self.market = market
    self.notes = notes
    self.scenarios = Dictionary(uniqueKeysWithValues: scenarios.map { ($0.orderID, $0) })
  }

  var cluster: Cluster { market.cluster }

  /// Each has his own work, and looks at it again and again until cancelled.
  func goOn() async {
    await withTaskGroup(of: Void.self) { group in
      for look in [lookAtOrders, lookAtPurchases, lookAtPayouts, lookAtCredentials] {
        group.addTask {
          while !Task.isCancelled {
            await self.attempt("looking") { try await look() }
            try? await Task.sleep(for: Self.pause)
          }
        }
      }
    }
  }

  private func lookAtOrders() async throws {
    let waiting = try await orders(in: .needsAttention)
    await withTaskGroup(of: Void.self) { group in
      for person in 0..<Self.personsMax {
        group.addTask {
          for index in stride(from: person, to: waiting.count, by: Self.personsMax) {
            let order = waiting[index]
            await self.attempt(order.orderID) { try await self.help(order) }
          }
        }
      }
    }
  }

  private func lookAtPurchases() async throws {
    let purchasing = try await orders(in: .purchasing)
    for order in purchasing where order.waiting?.reason?.code == "SUPPLIER_PAYMENT_FAILED" {
      await attempt(order.orderID) { try await self.payOrClose(order) }
    }
    if purchasing.contains(where: { $0.waiting?.reason?.code == "BROWSER_ACCOUNT_CLOSED" }) {
      try await reopenShop()
    }
  }

  /// Somebody has signed in to the shop by hand and found the account in order.
  private func reopenShop() async throws {
    notes.did("RefreshCredentials")
    _ = try await cluster.credentials.refreshCredentials(
      .init(userID: 0, api: "aliexpress-shop", environment: .sandbox), options: Market.options)
  }

  /// Resellers are told when their tokens are no good any more.
  private func lookAtCredentials() async throws {
    for reseller in Scenario.resellers {
      try await market.authorizeIfNeeded(reseller, notes)
    }
  }

  /// A service that is away answers later; that an order has moved on meanwhile is no surprise.
  func attempt(_ what: String, _ body: () async throws -> Void) async {
    do {
      try await body()
    } catch let error as RPCError where error.mayBeTriedAgain || error.code == .failedPrecondition {
      return
    } catch is CancellationError {
      return
    } catch {
      // The run ends while somebody asks.
      if Task.isCancelled { return }
      notes.violated("a person was answered \(error) (\(what))", Scenario.orderID(in: what) ?? "")
    }
  }

  func orders(in state: OrderState) async throws -> [Contract.Order] {
    var found: [Contract.Order] = []
    var token = ""
    repeat {
      let page = try await cluster.orders.listOrders(
        .init(userID: 0, state: state, pageSize: Self.pageSize, pageToken: token),
        options: Market.options)
      found += page.orders
      token = page.nextPageToken
    } while !token.isEmpty
    return found
  }

  // MARK: Orders

  private func help(_ order: Contract.Order) async throws {
    let reason = order.waiting?.reason?.code ?? ""
    let allowed = order.waiting?.allowedActions ?? []
    if reason.isEmpty { notes.violated("it waits for a person without a reason", order.orderID) }
    if allowed.isEmpty { notes.violated("\(reason) leaves nothing to do", order.orderID) }
    if allowed.contains(.attestNotPlaced) { return try await findOut(order) }
    let scenario = scenarios[order.orderID]
    let tries = retries.withLock { $0[order.orderID, default: 0] }
    let wantsBack =
      scenario?.course == .gone || scenario?.refundsRefused == true || tries >= Self.retriesMax
    if allowed.contains(.refund), wantsBack || !allowed.contains(.retry) {
      notes.did("CancelOrder")
      _ = try await cluster.orders.cancelOrder(
        .init(orderID: order.orderID, reason: reason), options: Market.options)
    } else if allowed.contains(.retry) {
      retries.withLock { $0[order.orderID, default: 0] += 1 }
      notes.did("RetryOrder")
      _ = try await cluster.orders.retryOrder(
        .init(orderID: order.orderID), options: Market.options)
    }
  }

  /// Looks into the supplier's order list for an order whose outcome nobody knows.
  private func findOut(_ order: Contract.Order) async throws {
    let purchase = try await cluster.purchasing.getPurchase(
      .init(orderID: order.orderID), options: Market.options)
    // What is on its way to the supplier is not in the list yet.
    guard purchase.state == .unknown, purchase.nextAt == nil else { return }
    let key = "\(order.orderID)-p\(purchase.generation)"
    let isBrowser = purchase.path == "browser"
    let placed = try await bought(order.orderID, isBrowser: isBrowser).filter {
      isBrowser ? !notes.closed.contains($0.id) : $0.outOrderID == key
    }
    if placed.isEmpty {
      notes.did("AttestNotPlaced")
      _ = try await cluster.orders.attestNotPlaced(
        .init(orderID: order.orderID, evidence: "no order \(key) in the supplier's list"),
        options: Market.options)
    } else {
      notes.did("MarkPurchased")
      _ = try await cluster.orders.markPurchased(
        .init(
          orderID: order.orderID, supplierOrderIDs: placed.map(\.id),
          landedCost: .init(minorUnits: 800, currency: "USD"),
          fundedBy: isBrowser ? "platform" : "reseller"),
        options: Market.options)
    }
  }

  /// What the supplier's list shows for an order on the way on which it was bought.
  private func bought(_ orderID: String, isBrowser: Bool) async throws
    -> [SandboxControl.Truth.SupplierOrder]
  {
    // The list can be searched by key; the shop's orders have none.
    let truth = try await cluster.sandbox.truth(order: isBrowser ? "" : orderID)
    return truth.aliexpress.orders.filter {
      $0.boughtFor == orderID && ($0.path == "browser") == isBrowser
    }
  }

  /// Pays an order by hand that the supplier could not charge, or lets it be closed.
  private func payOrClose(_ order: Contract.Order) async throws {
    let purchase = try await cluster.purchasing.getPurchase(
      .init(orderID: order.orderID), options: Market.options)
    let unpaid = try await bought(
      order.orderID, isBrowser: purchase.path == "browser"
    ).filter {
      $0.status == "PLACE_ORDER_SUCCESS"
        && !notes.closed.contains($0.id)
    }
    let isClosed = scenarios[order.orderID]?.closesUnpaid == true
    for supplierOrder in unpaid {
      notes.did(isClosed ? "supplier order closed" : "supplier order paid")
      if isClosed { notes.close(supplierOrder: supplierOrder.id) }
      try await cluster.sandbox.move(
        supplierOrder: supplierOrder.id, isClosed ? "cancel" : "pay")
    }
  }
}
