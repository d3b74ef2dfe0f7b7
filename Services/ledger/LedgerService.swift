import Contract
import Logging
import Money
import RPC
import Runtime
import Store

/// The ledger's face: reads a request, checks who acts, runs one transaction, answers.
///
/// A replay of a recording method answers as the first time; the same id with other content is
/// ALREADY_EXISTS and names the field. Errors come in this order: who acts, the fields, the row's
/// state. See `LedgerError` for all of them.
struct LedgerService: LedgerMethods {
  let store: Store
  let logger: Logger
  /// What PayPal says about the account.
  var activity: any ActivityGateway = PayPalPayouts(sandbox: nil, production: nil)

  /// Books a captured payment. Only `orders` calls it (and an operator, in development).
  func recordCapture(_ request: RecordCaptureRequest, _ context: CallContext) async throws
    -> RecordCaptureResponse
  {
    try requireRecorder(context, "record captures")
    let (capture, occurredAt) = try read(request)
    let recorded = try await store.write {
      try SaleStore(transaction: $0).record(capture, occurredAt: occurredAt)
    }
    CrashPoint.reached(LedgerStep.captureCommitted)
    if recorded.isNew {
      context.logger.info(
        "capture booked",
        metadata: ["order": "\(capture.orderID)", "price": "\(capture.price)"])
    }
    return RecordCaptureResponse(entry: .init(recorded.value))
  }

  /// Books a sale after its capture: FAILED_PRECONDITION (CAPTURE_NOT_RECORDED) before it,
  /// (CAPTURE_DIFFERS) with other terms than the capture's.
  func recordSale(_ request: RecordSaleRequest, _ context: CallContext) async throws -> Sale {
    try requireRecorder(context, "record sales")
    let (sale, occurredAt) = try read(request)
    let recorded = try await store.write {
      try SaleStore(transaction: $0).record(sale, occurredAt: occurredAt)
    }
    CrashPoint.reached(LedgerStep.saleCommitted)
    if recorded.isNew {
      context.logger.info(
        "sale booked",
        metadata: [
          "order": "\(sale.orderID)", "price": "\(sale.price)", "cost": "\(sale.landedCost)",
        ])
    }
    return try Sale(recorded.value)
  }

  /// Books a top-up or a withdrawal of the platform's own money.
  func recordFunding(_ request: RecordFundingRequest, _ context: CallContext) async throws
    -> RecordFundingResponse
  {
    let actor = try context.actor()
    try actor.requirePlatform("record fundings")
    let (funding, occurredAt) = try read(request)
    let recorded = try await store.write { transaction in
      let recorded = try SaleStore(transaction: transaction).record(
        funding, occurredAt: occurredAt)
      if recorded.isNew {
        let journal = Journal(transaction: transaction)
        try journal.note(JournalEntry.ID.funding(funding.fundingID), by: actor)
      }
      return recorded
    }
    if recorded.isNew {
      context.logger.info(
        "funding booked",
        metadata: ["funding": "\(funding.fundingID)", "amount": "\(funding.amount)"])
    }
    return RecordFundingResponse(entry: .init(recorded.value))
  }

  /// The sale of an order as it is now. NOT_FOUND until it is booked.
  func getSale(_ request: GetSaleRequest, _ context: CallContext) async throws -> Sale {
    let actor = try context.actor()
    var fields = Fields()
    guard let orderID = fields.id("order_id", request.orderID) else { throw fields.refusal }
    let found = try await store.read { try SaleStore(transaction: $0).books(orderID) }
    guard let found, found.sale != nil else { throw NotFound(kind: "sale of order", id: orderID) }
    try actor.requireAccess(to: found.capture.userID)
    return try Sale(found)
  }

  /// Sales in the order of booking: one reseller's, or everyone's for user 0. A reseller who names
  /// no user gets his own.
  func listSales(_ request: ListSalesRequest, _ context: CallContext) async throws
    -> ListSalesResponse
  {
    let actor = try context.actor()
    var fields = Fields()
    let userID = fields.userID(request.userID)
    let size = fields.pageSize(request.pageSize)
    let after = fields.pageToken(request.pageToken)
    try fields.finish()
    guard let userID else { throw fields.refusal }
    var whose = userID
    if case .reseller(let own) = actor, userID == 0 { whose = own }
    try actor.requireAccess(to: whose)
    let found = try await store.read { [whose] in
      try SaleStore(transaction: $0).sales(userID: whose, after: after, limit: size + 1)
    }
    let page = found.prefix(size)
    return ListSalesResponse(
      sales: try page.map { try Sale($0.1) },
      nextPageToken: found.count > size ? page.last.map { "\($0.0)" } ?? "" : "")
  }

  // MARK: What all methods share

  /// Captures and sales come from `orders`. The one-user policy also trusts the command line.
  func requireRecorder(_ context: CallContext, _ what: String) throws {
    let actor = try context.actor()
    switch actor {
    case .system, .operator: return
    case .reseller, .admin: throw LedgerError.notAllowed(actor: "\(actor)", what: what)
    }
  }
}
