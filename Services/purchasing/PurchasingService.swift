import Contract
import Logging
import Money
import RPC
import Runtime
import Store

/// The face of purchasing: reads a request, checks who acts, runs one transaction, answers.
///
/// Errors come in this order: who acts, the fields, the row's content, the row's state. Beyond those
/// of `Fields`, `NotFound` and `OtherContent` see `PurchasingError`.
struct PurchasingService: PurchasingMethods {
  let store: Store
  let supplier: any Supplier
  let seal: CredentialSeal
  let repeats: PurchaseWork.RepeatPolicy
  let waiters: Waiters
  /// How old the supplier's word about goods on their way may be; milliseconds.
  var trackingAge: Int64 = 30_000
  /// The same of the shop's; milliseconds.
  var shopTrackingAge: Int64 = PurchasingService.shopTrackingAge
  /// Nil where no browser is set up at all.
  var browser: BrowserPath?
  var screenshots: Screenshots?
  let logger: Logger

  /// Records what is to be bought and waits for the outcome as long as the caller does; not for what
  /// waits longer than that, or for a person.
  ///
  /// A replay of the same content answers with the purchase as it is now. A new generation is
  /// FAILED_PRECONDITION (GENERATION_NOT_NEXT) unless the one before was REFUSED or CLOSED.
  func placePurchase(_ request: PlacePurchaseRequest, _ context: CallContext) async throws
    -> Contract.Purchase
  {
    let actor = try context.actor()
    switch actor {
    case .system, .operator: break
    case .reseller, .admin:
      throw PurchasingError.notAllowed(actor: "\(actor)", what: "place purchases")
    }
    let content = try read(request)
    return try await waiters.waiting(for: content.orderID) { wakes in
      let requested = try await store.write {
        try PurchaseStore(transaction: $0).request(content)
      }
      CrashPoint.reached(PurchasingStep.requestCommitted)
      if requested.isNew {
        context.logger.info(
          "purchase requested",
          metadata: [
            "order": "\(content.orderID)", "key": "\(content.key)",
            "ceiling": "\(content.ceiling)",
          ])
      }
      let settled =
        requested.purchase.isSettled
        ? nil : try await settled(wakes, within: context.remaining, content)
      if let settled { return settled }
      return try await read(content).answer
    }
  }

  /// The purchase once it is settled; nil when the caller's time is nearly over before that.
  private func settled(
    _ wakes: AsyncStream<Void>?, within remaining: Duration, _ content: PurchaseContent
  ) async throws -> Contract.Purchase? {
    guard let wakes else { return nil }
    // A fifth of the time, a second at most, is kept for the answer.
    let time = remaining - min(remaining / 5, .seconds(1))
    let end = PurchaseWork.now() + time.milliseconds
    return try await withThrowingTaskGroup(of: Contract.Purchase?.self) { group in
      group.addTask {
        for await _ in wakes {
          let found = try await read(content)
          if found.purchase.isWaiting(beyond: end) { return found.answer }
        }
        return nil
      }
      group.addTask {
        try await Task.sleep(for: time)
        return nil
      }
      defer { group.cancelAll() }
      return try await group.next() ?? nil
    }
  }

  private func read(_ content: PurchaseContent) async throws
    -> (answer: Contract.Purchase, purchase: Purchase)
  {
    try await store.read { transaction in
      let purchases = PurchaseStore(transaction: transaction)
      guard
        let purchase = try purchases.purchase(
          content.orderID, generation: content.generation)
      else { throw NotFound(kind: "purchase of order", id: content.orderID) }
      let story = try purchases.story(content.orderID)
      return (Contract.Purchase(purchase, story), purchase)
    }
  }

  /// The newest generation of an order's purchase.
  func getPurchase(_ request: GetPurchaseRequest, _ context: CallContext) async throws
    -> Contract.Purchase
  {
    let actor = try context.actor()
    var fields = Fields()
    guard let orderID = fields.id("order_id", request.orderID) else { throw fields.refusal }
    let (purchase, story) = try await store.read { transaction in
      let purchases = PurchaseStore(transaction: transaction)
      return (try purchases.require(orderID), try purchases.story(orderID))
    }
    try actor.requireAccess(to: purchase.content.userID)
    return Contract.Purchase(purchase, story)
  }

  /// The newest generations in the order in which they were asked for. A reseller sees his own.
  func listPurchases(_ request: ListPurchasesRequest, _ context: CallContext) async throws
    -> ListPurchasesResponse
  {
    let actor = try context.actor()
    var fields = Fields()
    let userID = fields.userID(request.userID)
    var state: Purchase.State?
    if request.state != .unspecified {
      state = Purchase.State(request.state)
      if state == nil { fields.reject("state", "is \(request.state.name), which is no state") }
    }
    let size = fields.pageSize(request.pageSize)
    let after = fields.pageToken(request.pageToken)
    try fields.finish()
    guard let userID else { throw fields.refusal }
    try actor.requireAccess(to: userID)
    let wanted = state
    let found = try await store.read { transaction in
      let purchases = PurchaseStore(transaction: transaction)
      return try purchases.purchases(
        userID: userID, state: wanted, after: after, limit: size + 1
      ).map { ($0.0, $0.1, try purchases.story($0.1.content.orderID)) }
    }
    let page = found.prefix(size)
    return ListPurchasesResponse(
      purchases: page.map { Contract.Purchase($0.1, $0.2) },
      nextPageToken: found.count > size ? page.last.map { "\($0.0)" } ?? "" : "")
  }

  // MARK: What all methods share

  /// A purchase's generation as it is now.
  func answer(_ purchase: Purchase) async throws -> Contract.Purchase {
    try await read(purchase.content).answer
  }
}
