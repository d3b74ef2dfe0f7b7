import Contract
import RPC
import Synchronization

/// A purchasing that does as it is told.
final class ScriptedPurchasing: PurchasingMethods {
  enum Answer: Sendable {
    case purchase(
      PurchaseState, reason: String = "", nextAt: Int64 = 0, currency: String = "USD")
    case fail(RPCError)
    /// Fails, and has found out by itself what the script does not know.
    case failKnowing(RPCError)
  }

  private struct State {
    var answers: [Answer] = []
    var reconciling: [Answer] = []
    var reconciled: [ReconcilePurchaseRequest] = []
    var placed: [PlacePurchaseRequest] = []
    var looks = 0
    var trackings = 0
    var tracking: Result<Tracking, RPCError> = .success(Tracking(status: "NOT_SHIPPED"))
    var callers: Set<String> = []
    var requestIDs: Set<String> = []
  }

  private let state = Mutex(State())

  /// How often it was asked for tracking.
  var trackings: Int { state.withLock { $0.trackings } }

  /// What is told of the goods from now on.
  func track(_ tracking: Tracking) { state.withLock { $0.tracking = .success(tracking) } }
  func track(failing error: RPCError) { state.withLock { $0.tracking = .failure(error) } }

  func getTracking(_ request: GetTrackingRequest, _ context: CallContext) async throws -> Tracking {
    try state.withLock { state throws(RPCError) in
      state.trackings += 1
      return try state.tracking.get()
    }
  }

  /// What was asked to be bought, with repeats.
  var placed: [PlacePurchaseRequest] { state.withLock { $0.placed } }
  /// What purchasing was told, with repeats.
  var reconciled: [ReconcilePurchaseRequest] { state.withLock { $0.reconciled } }
  var looks: Int { state.withLock { $0.looks } }
  /// Who called, and under which request ids.
  var callers: Set<String> { state.withLock { $0.callers } }
  var requestIDs: Set<String> { state.withLock { $0.requestIDs } }

  /// The next answers to either method; afterwards everything is bought.
  func script(_ answers: Answer...) { state.withLock { $0.answers += answers } }
  /// From now on everything is bought.
  func dropScript() { state.withLock { $0.answers = [] } }

  /// The next answers to what persons found; afterwards it is believed.
  func scriptReconciling(_ answers: Answer...) { state.withLock { $0.reconciling += answers } }

  func reconcilePurchase(_ request: ReconcilePurchaseRequest, _ context: CallContext) async throws
    -> Purchase
  {
    let answer = state.withLock { state -> Answer in
      state.reconciled.append(request)
      let answer =
        state.reconciling.isEmpty
        ? request.supplierOrderIDs.isEmpty
          ? .purchase(.refused, reason: "ATTESTED_NOT_PLACED") : .purchase(.purchased)
        : state.reconciling.removeFirst()
      // What is told is known from then on.
      if case .fail = answer { return answer }
      state.answers = []
      return answer
    }
    var purchase = try purchase(answer, request.orderID, generation: request.generation)
    if purchase.state == .purchased { purchase.supplierOrderIDs = request.supplierOrderIDs }
    return purchase
  }

  func placePurchase(_ request: PlacePurchaseRequest, _ context: CallContext) async throws
    -> Purchase
  {
    state.withLock { state in
      state.placed.append(request)
      state.callers.insert(context.metadata["dropwire-actor"] ?? "")
      state.requestIDs.insert(context.requestID)
    }
    return try answer(request.orderID, generation: request.generation)
  }

  func getPurchase(_ request: GetPurchaseRequest, _ context: CallContext) async throws -> Purchase {
    let generation = state.withLock { state in
      state.looks += 1
      return state.placed.last { $0.orderID == request.orderID }?.generation ?? 0
    }
    return try answer(request.orderID, generation: generation)
  }

  private func answer(_ orderID: String, generation: Int32) throws -> Purchase {
    let answer = state.withLock { state in
      state.answers.isEmpty ? .purchase(.purchased) : state.answers.removeFirst()
    }
    return try purchase(answer, orderID, generation: generation)
  }

  private func purchase(_ answer: Answer, _ orderID: String, generation: Int32) throws -> Purchase {
    switch answer {
    case .fail(let error), .failKnowing(let error): throw error
    case .purchase(let purchased, let reason, let nextAt, let currency):
      var purchase = Purchase(
        orderID: orderID, state: purchased, generation: generation, path: "api")
      if purchased == .purchased {
        purchase.supplierOrderIDs = ["8001"]
        purchase.landedCost = .init(minorUnits: 800, currency: currency)
        purchase.fundedBy = "reseller"
      }
      if !reason.isEmpty {
        purchase.reason = Reason(
          code: reason, text: "as the script says", owner: "reseller", providerCode: "P1")
      }
      if nextAt > 0 { purchase.nextAt = Timestamp(milliseconds: nextAt) }
      return purchase
    }
  }
}

/// A ledger that does as it is told.
final class ScriptedLedger: LedgerMethods {
  private struct State {
    var errors: [RPCError] = []
    var captures: [RecordCaptureRequest] = []
    var sales: [RecordSaleRequest] = []
    var refunds: [RecordRefundRequest] = []
  }

  private let state = Mutex(State())

  var captures: [RecordCaptureRequest] { state.withLock { $0.captures } }
  var sales: [RecordSaleRequest] { state.withLock { $0.sales } }

  var refunds: [RecordRefundRequest] { state.withLock { $0.refunds } }

  /// The next calls fail so; afterwards everything is booked.
  func fail(_ errors: RPCError...) { state.withLock { $0.errors += errors } }

  func recordCapture(_ request: RecordCaptureRequest, _ context: CallContext) async throws
    -> RecordCaptureResponse
  {
    try state.withLock { state throws(RPCError) in
      if !state.errors.isEmpty { throw state.errors.removeFirst() }
      state.captures.append(request)
      return RecordCaptureResponse()
    }
  }

  func recordSale(_ request: RecordSaleRequest, _ context: CallContext) async throws -> Sale {
    try state.withLock { state throws(RPCError) in
      if !state.errors.isEmpty { throw state.errors.removeFirst() }
      state.sales.append(request)
      return Sale(orderID: request.orderID)
    }
  }

  func recordRefund(_ request: RecordRefundRequest, _ context: CallContext) async throws -> Sale {
    try state.withLock { state throws(RPCError) in
      if !state.errors.isEmpty { throw state.errors.removeFirst() }
      state.refunds.append(request)
      return Sale(orderID: request.orderID)
    }
  }
}
