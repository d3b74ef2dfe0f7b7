import Contract
import Logging
import RPC
import Runtime
import Store

/// Commission rates.
extension LedgerService {
  /// Sets the rate of sales booked from now on. The same rate again changes nothing.
  func setCommissionRate(_ request: SetCommissionRateRequest, _ context: CallContext) async throws
    -> CommissionRate
  {
    let actor = try context.actor()
    try actor.requirePlatform("set commission rates")
    var fields = Fields()
    let userID = fields.userID(request.userID)
    if !(0...10_000).contains(request.rateBps) {
      fields.reject(
        "rate_bps", "is \(request.rateBps); it must be 0 to 10000 basis points (1000 is 10 %)")
    }
    let note = fields.text("note", request.note)
    try fields.finish()
    guard let userID, let note else { throw fields.refusal }
    let basisPoints = Int(request.rateBps)
    let recorded = try await store.write {
      try RateStore(transaction: $0).set(
        userID: userID, basisPoints: basisPoints, by: "\(actor)", note: note)
    }
    if recorded.isNew {
      context.logger.info(
        "commission rate set",
        metadata: ["user": "\(userID)", "basisPoints": "\(basisPoints)", "by": "\(actor)"])
    }
    return CommissionRate(recorded.value)
  }

  /// The rates of a user, or of all without their own, newest first. A reseller sees his own.
  func listCommissionRates(_ request: ListCommissionRatesRequest, _ context: CallContext)
    async throws -> ListCommissionRatesResponse
  {
    let actor = try context.actor()
    var fields = Fields()
    let userID = fields.userID(request.userID)
    let size = fields.pageSize(request.pageSize)
    let token = fields.pageToken(request.pageToken)
    try fields.finish()
    guard let userID else { throw fields.refusal }
    try actor.requireAccess(to: userID)
    let found = try await store.read {
      try RateStore(transaction: $0).rates(
        userID: userID, before: token == 0 ? .max : token, limit: size + 1)
    }
    let page = found.prefix(size)
    return ListCommissionRatesResponse(
      rates: page.map { CommissionRate($0) },
      nextPageToken: found.count > size ? page.last.map { "\($0.version)" } ?? "" : "")
  }
}

extension CommissionRate {
  init(_ rate: RateStore.Rate) {
    self.init(
      userID: rate.userID, rateBps: Int32(clamping: rate.basisPoints),
      updatedAt: Timestamp(milliseconds: rate.updatedAt), version: Int32(clamping: rate.version),
      setBy: rate.setBy, note: rate.note)
  }
}
