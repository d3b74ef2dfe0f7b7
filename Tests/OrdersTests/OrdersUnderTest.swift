import Contract
import Foundation
import Logging
import Money
import RPC
import Store
import Support
import Testing

@testable import Orders

/// The contract has messages of these names.
typealias Order = Orders.Order
typealias OrderEvent = Orders.OrderEvent

/// An `orders` in memory, with a scripted PayPal, purchasing and ledger, called through the contract.
struct OrdersUnderTest: Sendable {
  static let asOperator = CallOptions(timeout: .seconds(20)).acting("operator:test")
  static let logger = Logger(label: "orders-tests") { _ in SwiftLogNoOpLogHandler() }
  static let unreachable = RPCError(.unavailable, "nobody listens")

  let store: Store
  let payPal = ScriptedPayPal()
  let purchasing = ScriptedPurchasing()
  let ledger = ScriptedLedger()
  let book: OrderBook
  let client: OrdersClient
  var pace = ShipmentPace()

  init(_ location: Location = .memory) throws {
    store = try Store(
      location, applicationID: Schema.applicationID, migrations: Schema.migrations,
      logger: Self.logger)
    book = OrderBook(store: store, bell: OrderBell())
    let service = OrdersService(book: book, gateway: payPal, logger: Self.logger)
    client = OrdersClient(InProcessChannel(services: [service.rpcService()], logger: Self.logger))
  }

  /// Runs with the intents moving. `startedAt` in the future makes every intent one of an earlier
  /// process.
  static func running(
    startedAt: Int64 = 0, pace: ShipmentPace = ShipmentPace(),
    _ body: (OrdersUnderTest) async throws -> Void
  ) async throws {
    var orders = try OrdersUnderTest()
    orders.pace = pace
    _ = try await orders.client.putListing(Shop.mug(), options: asOperator)
    try await orders.moving(startedAt: startedAt) { try await body(orders) }
    try orders.store.close()
  }

  func moving(startedAt: Int64 = 0, _ body: () async throws -> Void) async throws {
    let channel = InProcessChannel(
      services: [purchasing.rpcService(), ledger.rpcService()], logger: Self.logger)
    let payments = PaymentWork(
      book: book, gateway: payPal, startedAt: startedAt, logger: Self.logger)
    let purchases = PurchaseWork(
      book: book, purchasing: PurchasingClient(channel), marginBasisPoints: 500,
      logger: Self.logger)
    let bookings = BookingWork(
      book: book, ledger: LedgerClient(channel), logger: Self.logger)
    let runner = IntentRunner(
      store: store, logger: Self.logger,
      handlers: payments.handlers.merging(purchases.handlers) { first, _ in first }
        .merging(bookings.handlers) { first, _ in first }
        .merging(
          ShipmentWork(
            book: book, purchasing: PurchasingClient(channel), pace: pace, logger: Self.logger
          ).handlers
        ) { first, _ in first }
        .merging(PaymentCheck(book: book, gateway: payPal, logger: Self.logger).handlers) {
          first, _ in first
        }
        .merging(RefundWork(book: book, gateway: payPal, logger: Self.logger).handlers) {
          first, _ in first
        })
    let running = Task { await runner.run() }
    do {
      try await body()
    } catch {
      running.cancel()
      await running.value
      throw error
    }
    running.cancel()
    await running.value
  }

  static func usd(_ cents: Int64) -> Contract.Money { .init(minorUnits: cents, currency: "USD") }

  static func checkout(_ orderID: String, quantity: Int32 = 1, listing: String = Shop.listing)
    -> CreateCheckoutRequest
  {
    CreateCheckoutRequest(
      orderID: orderID, listingID: listing, quantity: quantity, shipTo: Shop.address)
  }

  /// An order as the rules see it, without a store.
  static func order(_ progress: Order.Progress = .init(state: .capturing)) -> Order {
    Order(
      orderID: "o-1", listingID: "mug", userID: 42, environment: .sandbox,
      productURL: "https://www.aliexpress.com/item/1.html", skuID: "1", title: "", quantity: 1,
      price: Amount(minorUnits: 2000, currency: .usd), checkoutAddress: Shop.address,
      correctedAddress: nil, returnURL: "", cancelURL: "", progress: progress,
      payPalOrderID: "PP1", approveURL: "", captureID: "", paymentFee: nil, capturedAt: 0,
      captureRequestedAt: 0, raisedCeiling: nil, supplierOrderIDs: [], landedCost: nil,
      purchasePath: "", fundedBy: "", purchasedAt: 0, cancelRequestedAt: 0, createdAt: 0,
      updatedAt: 0, waits: [])
  }

  @discardableResult
  func checkout(_ orderID: String, quantity: Int32 = 1) async throws -> Contract.Order {
    try await client.createCheckout(
      Self.checkout(orderID, quantity: quantity), options: Self.asOperator)
  }

  @discardableResult
  func capture(_ orderID: String) async throws -> Contract.Order {
    try await client.captureOrder(.init(orderID: orderID), options: Self.asOperator)
  }

  func order(_ orderID: String) async throws -> Contract.Order {
    try await client.getOrder(.init(orderID: orderID), options: Self.asOperator)
  }

  /// Waits until an order has a state, and a reason when one is given.
  @discardableResult
  func wait(for orderID: String, _ state: OrderState, _ reason: String? = nil) async throws
    -> Contract.Order
  {
    try await eventually("\(orderID) is \(state.name) \(reason ?? "")", within: .seconds(15)) {
      let order = try await order(orderID)
      let isThere =
        order.state == state && (reason == nil || order.waiting?.reason?.code == reason)
      return isThere ? order : nil
    }
  }

  /// Waits until the sale is booked.
  @discardableResult
  func finished(_ orderID: String) async throws -> Contract.Order {
    try await eventually("\(orderID) is booked", within: .seconds(15)) {
      let order = try await order(orderID)
      return order.isSaleBooked && order.state == .purchased ? order : nil
    }
  }

  /// The causes of an order's story, in order.
  func story(_ orderID: String) async throws -> [String] {
    try await client.getOrderHistory(.init(orderID: orderID), options: Self.asOperator)
      .events.map(\.cause)
  }

  /// Expects a refusal with a code, a reason when one is given, and exactly these fields.
  func expectRefused(
    _ code: StatusCode, reason: String? = nil, fields: [String] = [],
    sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
  ) async {
    do {
      try await body()
      Issue.record("expected \(code) \(fields)", sourceLocation: sourceLocation)
    } catch let error as RPCError {
      #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
      if let reason {
        #expect(error.reason?.code == reason, "\(error)", sourceLocation: sourceLocation)
      }
      #expect(
        error.violations.map(\.field) == fields, "\(error)", sourceLocation: sourceLocation)
    } catch {
      Issue.record("unexpected \(error)", sourceLocation: sourceLocation)
    }
  }
}
