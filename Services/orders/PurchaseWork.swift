import Contract
import Logging
import Money
import RPC
import Runtime
import Store

/// Carries out the intents of purchases: asks purchasing to buy, and what became of it.
///
/// **Invariant:** one generation is asked for at a time, and the same request is repeated until
/// purchasing says what became of it. What it has taken is never asked for under another generation
/// before it was refused.
struct PurchaseWork: Sendable {
  let book: OrderBook
  let purchasing: PurchasingClient
  /// Of the price; what the platform wants to be left at least.
  let marginBasisPoints: Int
  let logger: Logger

  /// What the intent runner calls, by kind.
  var handlers: [String: @Sendable (Intent) async throws -> Void] {
    [
      OrderEffect.placePurchase.rawValue: { try await place($0) },
      OrderEffect.pollPurchase.rawValue: { try await poll($0) },
      OrderEffect.reconcilePurchase.rawValue: { try await reconcile($0) },
    ]
  }

  private func place(_ intent: Intent) async throws {
    guard
      let order = try await book.due(
        intent.subject, .placePurchase, where: { $0.state == .purchasing })
    else { return }
    // What an earlier call may have brought there is told at once; the same call waits for its end.
    if intent.attempts > 0, case .done(let purchase) = await look(order),
      purchase.generation == Int32(order.progress.purchaseGeneration)
    {
      return try await settle(purchase, order, intent, .placePurchase)
    }
    let ceiling = try ceiling(order)
    guard ceiling.isPositive else {
      let reason = OrderReason(
        code: "COST_CEILING_ZERO",
        text: "the price \(order.price) less PayPal's fee and the minimum margin leaves nothing to "
          + "buy for; raise the ceiling to buy at a loss", owner: "reseller")
      return try await needAttention(.purchaseNotTaken, order, .placePurchase, reason)
    }
    let request = PlacePurchaseRequest(
      orderID: order.orderID, userID: order.userID, environment: order.environment,
      productURL: order.productURL, skuID: order.skuID, quantity: Int32(order.quantity),
      shipTo: order.shipTo, costCeiling: .init(ceiling),
      generation: Int32(order.progress.purchaseGeneration))
    let outcome = await CallOutcome {
      try await purchasing.placePurchase(
        request, options: .own(order.orderID, timeout: CallRules.purchaseTimeout))
    }
    try Task.checkCancellation()
    CrashPoint.reached(OrdersStep.purchasePlaced)
    switch outcome {
    case .done(let purchase): try await settle(purchase, order, intent, .placePurchase)
    case .refused(let error): try await askWhetherTaken(order, intent, refusal: error)
    case .unreachable(let error):
      try await postpone(
        .placePurchase, order, CallRules.unreachable("purchasing", error),
        next: "purchasing is asked again", delay: CallRules.delay(attempts: intent.attempts))
    }
  }

  /// A refusal says that this call was not taken. An earlier one whose answer was lost may have been:
  /// only purchasing's own word that it has no such purchase makes it certain.
  private func askWhetherTaken(_ order: Order, _ intent: Intent, refusal: RPCError) async throws {
    let reason = CallRules.refused("purchasing", refusal)
    let known = await look(order)
    try Task.checkCancellation()
    switch known {
    case .done(let purchase) where purchase.isEnded(before: order.progress.purchaseGeneration):
      try await needAttention(.purchaseNotTaken, order, .placePurchase, reason)
    case .done(let purchase): try await settle(purchase, order, intent, .placePurchase)
    case .refused(let error) where error.code == .notFound:
      try await needAttention(.purchaseNotTaken, order, .placePurchase, reason)
    case .refused, .unreachable:
      try await postpone(
        .placePurchase, order, reason, next: "purchasing is asked again",
        delay: CallRules.refusedMilliseconds)
    }
  }

  /// What purchasing knows of an order's purchase.
  func look(_ order: Order) async -> CallOutcome<Purchase> {
    await CallOutcome {
      try await purchasing.getPurchase(
        .init(orderID: order.orderID),
        options: .own(order.orderID, timeout: CallRules.lookTimeout))
    }
  }

  private func ceiling(_ order: Order) throws -> Amount {
    if let raised = order.raisedCeiling { return raised }
    guard let fee = order.paymentFee else { preconditionFailure("a paid order has a fee") }
    return try CheckoutRules.costCeiling(
      order.price, fee: fee, marginBasisPoints: marginBasisPoints)
  }

  private func poll(_ intent: Intent) async throws {
    guard let order = try await book.due(intent.subject, .pollPurchase, where: \.hasOpenPurchase)
    else { return }
    // Until purchasing was told what a person found, its answer would undo the person's word.
    let telling = OrderEffect.reconcilePurchase.rawValue
    if try await book.read({ try $0.transaction.intent(telling, order.orderID) }) != nil {
      return try await book.write { try $0.complete(.pollPurchase, order.orderID) }
    }
    let outcome = await look(order)
    try Task.checkCancellation()
    switch outcome {
    case .done(let purchase): try await settle(purchase, order, intent, .pollPurchase)
    case .refused(let error):
      // It had taken the order. Not knowing it any more does not mean that nothing was bought.
      try await stayUnknown(order, intent, CallRules.refused("purchasing", error))
    case .unreachable(let error):
      try await wait(order, CallRules.unreachable("purchasing", error)) { _ in
        CallRules.delay(attempts: intent.attempts)
      }
    }
  }

  /// Records what purchasing says about the order's purchase.
  func settle(
    _ purchase: Purchase, _ order: Order, _ intent: Intent, _ effect: OrderEffect
  ) async throws {
    switch PurchaseRules.verdict(purchase, for: order) {
    case .purchased(let cost): try await complete(order, effect, purchase, cost)
    case .refused(let reason): try await needAttention(.purchaseRefused, order, effect, reason)
    case .unknown(let reason): try await stayUnknown(order, intent, reason, effect)
    case .costMissing(let reason):
      try await completeAsFound(purchase, order, intent, reason, effect)
    case .open(let reason, let nextAt):
      if effect == .pollPurchase {
        return try await wait(order, reason) {
          CallRules.pollDelay(attempts: intent.attempts, nextAt: nextAt, now: $0)
        }
      }
      try await book.write { orders in
        try orders.complete(effect, order.orderID)
        let due = orders.transaction.now + CallRules.pollDelay(attempts: 0)
        try orders.transaction.schedule(OrderEffect.pollPurchase.rawValue, order.orderID, at: due)
        try orders.put(
          NewWait(
            subject: .purchase, reason: reason, next: "purchasing goes on by itself",
            nextAt: max(nextAt, due)), order.orderID)
      }
    }
  }

  func complete(
    _ order: Order, _ effect: OrderEffect, _ purchase: Purchase, _ cost: Amount
  ) async throws {
    try await complete(
      order, effect,
      Bought(
        ids: purchase.supplierOrderIDs, cost: cost, path: purchase.path,
        fundedBy: purchase.fundedBy))
  }

  /// What was bought, for an order that it ends the purchase of.
  struct Bought: Sendable {
    let ids: [String]
    let cost: Amount
    /// api, browser or person.
    let path: String
    /// reseller or platform.
    let fundedBy: String
  }

  func complete(_ order: Order, _ effect: OrderEffect, _ bought: Bought) async throws {
    let changed = try await book.write { orders in
      try orders.complete(effect, order.orderID)
      return try orders.apply(.purchaseCompleted, to: order, bought, actor: .system)
    }
    guard changed != nil else { return }
    CrashPoint.reached(OrdersStep.purchasedCommitted)
    log(.info, "order purchased", order, ["cost": "\(bought.cost)", "path": "\(bought.path)"])
  }

  /// Leaves the order with a person, and goes on looking: it may resolve itself.
  func stayUnknown(
    _ order: Order, _ intent: Intent, _ reason: OrderReason, _ effect: OrderEffect = .pollPurchase
  ) async throws {
    if order.state == .purchasing {
      return try await needAttention(.purchaseUnresolved, order, effect, reason)
    }
    try await wait(order, reason) { _ in CallRules.pollDelay(attempts: intent.attempts) }
  }

  /// Looks again later, by a delay that may depend on the time. What a person was told stays.
  private func wait(
    _ order: Order, _ reason: OrderReason, delay: @escaping @Sendable (Int64) -> Int64
  ) async throws {
    try await book.write { orders in
      let now = orders.transaction.now
      let due = now + delay(now)
      guard order.state == .purchasing else {
        return try orders.transaction.postpone(
          OrderEffect.pollPurchase.rawValue, order.orderID, until: due, note: reason.code)
      }
      try orders.postpone(
        .pollPurchase, order.orderID,
        NewWait(
          subject: .purchase, reason: reason, next: "purchasing is asked again", nextAt: due))
    }
  }

  func needAttention(
    _ event: OrderEvent, _ order: Order, _ effect: OrderEffect, _ reason: OrderReason
  ) async throws {
    let changed = try await book.write { orders in
      try orders.complete(effect, order.orderID)
      return try orders.apply(
        event, to: order, detail: "\(reason.code): \(reason.text)",
        wait: NewWait(
          subject: .purchase, reason: reason, next: "one of the allowed actions", nextAt: 0))
    }
    guard changed != nil else { return }
    log(.error, "purchase needs attention", order, ["code": "\(reason.code)"])
  }

  func postpone(
    _ effect: OrderEffect, _ order: Order, _ reason: OrderReason, next: String, delay: Int64
  ) async throws {
    try await book.write { orders in
      try orders.postpone(
        effect, order.orderID,
        NewWait(
          subject: .purchase, reason: reason, next: next, nextAt: orders.transaction.now + delay))
    }
  }

  private func log(
    _ level: Logger.Level, _ message: Logger.Message, _ order: Order, _ more: Logger.Metadata
  ) {
    var metadata: Logger.Metadata = ["order": "\(order.orderID)"]
    metadata.merge(more) { _, new in new }
    logger.log(level: level, message, metadata: metadata)
  }
}

extension OrderStore {
  /// Lets an order be purchased, and takes the supplier's orders for it.
  func apply(
    _ event: OrderEvent, to order: Order, _ bought: PurchaseWork.Bought, actor: Actor
  ) throws -> Order? {
    let ids = bought.ids.joined(separator: ", ")
    let changed = try apply(
      event, to: order, detail: "supplier order \(ids) for \(bought.cost), by \(bought.path)",
      actor: actor,
      facts: [
        .init("supplierOrderIDs", .text(bought.ids.joined(separator: "\n"))),
        .init("landedCost", .integer(bought.cost.minorUnits)),
        .init("purchasePath", .text(bought.path)), .init("fundedBy", .text(bought.fundedBy)),
        .init("purchasedAt", .integer(transaction.now)),
      ])
    if changed != nil { try claim(bought.ids, for: order) }
    return changed
  }
}

extension Purchase {
  /// Whether it is an earlier generation that has ended without goods.
  fileprivate func isEnded(before generation: Int) -> Bool {
    self.generation < Int32(generation) && (state == .refused || state == .closed)
  }
}

extension Order {
  /// Whether purchasing may still tell something new.
  fileprivate var hasOpenPurchase: Bool {
    state == .purchasing || progress.attention == .purchaseUnknown
  }
}
