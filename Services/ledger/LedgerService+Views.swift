import Contract
import Money
import RPC
import Runtime
import Store

/// The books as people and programs look at them.
extension LedgerService {
  private static let namedMax = 500

  /// Captures with what was booked since, by order id.
  func listCaptures(_ request: ListCapturesRequest, _ context: CallContext) async throws
    -> ListCapturesResponse
  {
    try context.actor().requirePlatform("list captures")
    var fields = Fields()
    let size = fields.pageSize(request.pageSize)
    if request.orderIDs.count > Self.namedMax {
      fields.reject("order_ids", "are \(request.orderIDs.count); at most \(Self.namedMax)")
    }
    for id in request.orderIDs { _ = fields.id("order_ids", id) }
    if !request.pageToken.isEmpty { _ = fields.id("page_token", request.pageToken) }
    try fields.finish()
    let limit = request.orderIDs.isEmpty ? size : Self.namedMax
    let found = try await store.read {
      try SaleStore(transaction: $0).captures(
        request.orderIDs, after: request.pageToken, limit: limit + 1)
    }
    let page = found.prefix(limit)
    return ListCapturesResponse(
      sales: try page.map { try Sale($0) },
      nextPageToken: found.count > limit ? page.last?.orderID ?? "" : "")
  }

  /// Entries of an environment in their order or against it, all, of one order, or one.
  func listEntries(_ request: ListEntriesRequest, _ context: CallContext) async throws
    -> ListEntriesResponse
  {
    try context.actor().requirePlatform("see the journal")
    var fields = Fields()
    let environment = fields.environment(request.environment)
    var orderID = ""
    if !request.orderID.isEmpty { orderID = fields.id("order_id", request.orderID) ?? "" }
    let size = fields.pageSize(request.pageSize)
    let after = fields.pageToken(request.pageToken)
    try fields.finish()
    let selection = Journal.Selection(
      environment: environment, orderID: orderID, entryID: request.entryID,
      isNewestFirst: request.newestFirst)
    let found = try await store.read {
      try Journal(transaction: $0).entries(after: after, limit: size + 1, selection)
    }
    let page = found.prefix(size)
    return ListEntriesResponse(
      entries: page.map { Contract.JournalEntry($0) },
      nextPageToken: found.count > size ? page.last.map { "\($0.content.sequence)" } ?? "" : "")
  }

  /// What orders brought. A reseller gets his own. FAILED_PRECONDITION (TOO_MANY_MONTHS) for a
  /// report by month over too long a time.
  func getProfit(_ request: GetProfitRequest, _ context: CallContext) async throws
    -> GetProfitResponse
  {
    let actor = try context.actor()
    var fields = Fields()
    let environment = fields.environment(request.environment)
    let grouping = Self.grouping(request.grouping, &fields)
    if !request.currency.isEmpty { _ = fields.currency("currency", request.currency) }
    let userID = fields.userID(request.userID)
    let from = fields.time("from", request.from) ?? 0
    let until = fields.time("until", request.until) ?? .max
    let size = fields.pageSize(request.pageSize)
    var mark = ProfitReport.Mark.start
    if let given = ProfitReport.Mark(token: request.pageToken) {
      mark = given
    } else if !request.pageToken.isEmpty {
      fields.reject("page_token", "is not from a page before")
    }
    try fields.finish()
    guard let environment, let grouping, var userID else { throw fields.refusal }
    if case .reseller(let own) = actor, userID == 0 { userID = own }
    try actor.requireAccess(to: userID)
    let selection = ProfitReport.Selection(
      environment: environment, currency: request.currency, userID: userID, from: from,
      until: until)
    let start = mark
    let (found, totals) = try await store.read { transaction in
      let report = ProfitReport(transaction: transaction)
      return (
        try report.lines(grouping, selection, after: start, limit: size + 1),
        try report.totals(selection)
      )
    }
    let page = found.prefix(size)
    let end = page.last.map {
      ProfitReport.Mark(currency: $0.sales.currency.code, key: $0.key).token
    }
    return GetProfitResponse(
      lines: try page.map { try ProfitLine($0) }, totals: try totals.map { try ProfitLine($0) },
      nextPageToken: found.count > size ? end ?? "" : "")
  }

  private static func grouping(_ grouping: ProfitGrouping, _ fields: inout Fields)
    -> ProfitReport.Grouping?
  {
    switch grouping {
    case .order: return .order
    case .product: return .product
    case .reseller: return .reseller
    case .month: return .month
    case .unspecified, .unrecognized:
      fields.reject(
        "grouping", "is \(grouping.name); it must be ORDER, PRODUCT, RESELLER or MONTH")
      return nil
    }
  }
}

extension ProfitLine {
  init(_ line: ProfitReport.Line) throws(MoneyError) {
    self.init(
      key: line.key, orders: line.orders, sales: .init(line.sales), refunds: .init(line.refunds),
      paymentFees: .init(line.paymentFees), supplierCost: .init(line.supplierCost),
      gross: .init(try line.gross()), commission: .init(line.commission),
      resellerShare: .init(line.resellerShare))
  }
}
