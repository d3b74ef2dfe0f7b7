import Contract
import Logging
import Money
import RPC
import Runtime
import Store

/// When payees are paid.
extension LedgerService {
  /// Sets the terms of one payee, or of all without their own, from now on.
  func setPayoutTerms(_ request: SetPayoutTermsRequest, _ context: CallContext) async throws
    -> Contract.PayoutTerms
  {
    let actor = try context.actor()
    try actor.requirePlatform("set payout terms")
    var fields = Fields()
    let payee = request.payee.isEmpty ? nil : fields.payee(request.payee)
    let lane = fields.lane(request.environment, request.currency)
    let terms = fields.terms(request, lane?.currency)
    try fields.finish()
    guard let lane, let terms else { throw fields.refusal }
    let recorded = try await store.write {
      try PayoutStore(transaction: $0).set(terms, of: payee, in: lane, by: "\(actor)")
    }
    if recorded.isNew {
      context.logger.info(
        "payout terms set",
        metadata: [
          "payee": "\(request.payee)", "schedule": "\(terms.schedule.rawValue)", "by": "\(actor)",
        ])
    }
    return Contract.PayoutTerms(recorded.value, lane)
  }

  /// The terms that hold for a payee: his own, else those of all, else per sale and at once.
  func getPayoutTerms(_ request: GetPayoutTermsRequest, _ context: CallContext) async throws
    -> Contract.PayoutTerms
  {
    let actor = try context.actor()
    var fields = Fields()
    let payee = request.payee.isEmpty ? nil : fields.payee(request.payee)
    let lane = fields.lane(request.environment, request.currency)
    try fields.finish()
    guard let lane else { throw fields.refusal }
    if let payee { try requireAccess(actor, to: payee) }
    return try await store.read {
      Contract.PayoutTerms(try PayoutStore(transaction: $0).terms(of: payee, in: lane), lane)
    }
  }
}

extension Fields {
  fileprivate mutating func lane(_ environment: Contract.Environment, _ code: String)
    -> PayoutLane?
  {
    let environment = self.environment(environment)
    let currency = self.currency("currency", code)
    guard let environment, let currency else { return nil }
    return PayoutLane(environment, currency)
  }

  fileprivate mutating func terms(_ request: SetPayoutTermsRequest, _ currency: Currency?)
    -> PayoutTerms?
  {
    let schedule = PayoutTerms.Schedule(request.schedule)
    if schedule == nil {
      reject("schedule", "is \(request.schedule.name); it must be PER_SALE, DAILY or WEEKLY")
    }
    let isPerSale = schedule == .perSale
    within("hour", request.hour, isPerSale ? 0...0 : 0...23)
    within("weekday", request.weekday, schedule == .weekly ? 1...7 : 0...0)
    within("hold_hours", request.holdHours, 0...PayoutTerms.holdHoursMax)
    var minimum = currency.map { Amount.zero($0) }
    if request.minimum != nil {
      minimum = amount("minimum", request.minimum, .zeroOrMore, like: minimum)
    }
    if isPerSale, minimum?.isPositive == true {
      reject("minimum", "is \(minimum?.description ?? ""); only what gathers has a minimum")
    }
    guard let schedule, let minimum else { return nil }
    return PayoutTerms(
      schedule: schedule, hour: Int64(request.hour), weekday: Int64(request.weekday),
      minimum: minimum, holdHours: Int64(request.holdHours))
  }

  private mutating func within(_ field: String, _ value: Int32, _ range: ClosedRange<Int32>) {
    if range.contains(value) { return }
    let right =
      range.count == 1
      ? "\(range.lowerBound) with this schedule" : "\(range.lowerBound) to \(range.upperBound)"
    reject(field, "is \(value); it must be \(right)")
  }
}

extension Contract.PayoutTerms {
  fileprivate init(_ stored: PayoutStore.StoredTerms, _ lane: PayoutLane) {
    self.init(
      payee: stored.payee.map { "\($0)" } ?? "", environment: lane.environment,
      currency: lane.currency.code, schedule: stored.terms.schedule.contract,
      hour: Int32(stored.terms.hour), weekday: Int32(stored.terms.weekday),
      minimum: .init(stored.terms.minimum), holdHours: Int32(stored.terms.holdHours),
      version: Int32(clamping: stored.version),
      updatedAt: stored.updatedAt == 0 ? nil : Timestamp(milliseconds: stored.updatedAt),
      setBy: stored.setBy)
  }
}
