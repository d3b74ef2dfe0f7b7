import Logging
import Money
import Runtime
import Store

extension PurchaseWork {
  /// Why something is sent.
  enum Sending: Hashable, Sendable {
    /// To place an order that will cost so much.
    case first(Amount)
    /// To find out what became of a request that was sent before.
    case lookUp
  }

  /// Commits a sending and what it takes of the day's limits, makes it, and records what became of it.
  func send(_ request: OrderRequest, _ sending: Sending, _ run: inout Run) async throws {
    let isLookUp = sending == .lookUp
    let (before, account) = (run.purchase, run.accountName)
    let limits = limits[before.content.environment]
    let begun: (purchase: Purchase, attempt: Int)?
    do {
      begun = try await commit(&run) { purchases in
        let begun = try purchases.begin(before, request, isLookUp: isLookUp, account: account)
        if begun != nil, case .first(let amount) = sending {
          try purchases.reserve(before, amount, within: limits)
        }
        return begun
      }
    } catch let reason as PurchaseReason {
      return try await refuse(&run, reason)
    }
    guard let begun else { return }
    run.purchase = begun.purchase
    CrashPoint.reached(PurchasingStep.attemptCommitted)
    log(.info, isLookUp ? "purchase looked up" : "purchase sent", run.purchase)
    var placing = await run.account.place(request)
    CrashPoint.reached(PurchasingStep.orderSent)
    if case .refused(let reason, let isDoubtful, let provesAbsence) = placing {
      guard let reason = try await cured(reason, attempt: begun.attempt, &run) else { return }
      placing = .refused(reason, isDoubtful: isDoubtful, provesAbsence: provesAbsence)
    }
    let doubts = run.attempts.filter { $0.reason?.providerCode == placing.doubtCode }
    let conclusion = PlacingRules.conclude(
      placing,
      .init(
        purchase: run.purchase, isLookUp: isLookUp, wasDoubted: !doubts.isEmpty,
        mayRepeat: repeats.mayRepeat(in: run.purchase.content.environment), now: Self.now()))
    try await record(conclusion, attempt: begun.attempt, isLookUp: isLookUp, &run)
  }

  private func record(
    _ conclusion: PlacingRules.Conclusion, attempt: Int, isLookUp: Bool, _ run: inout Run
  ) async throws {
    let purchase = run.purchase
    switch conclusion {
    case .placed(let ids, let reason):
      try await recordPlaced(ids, reason, attempt: attempt, isLookUp: isLookUp, &run)
    case .refused(let reason)
    where reason.isCuredByBrowser && !isLookUp && hasBrowser(in: purchase.content.environment):
      try await commit(&run) { purchases in
        try purchases.end(purchase, attempt: attempt, .notAccepted, reason)
      }
      try await placeInShop(purchase, because: reason)
    case .refused(let reason):
      try await commit(&run) { purchases in
        try purchases.end(purchase, attempt: attempt, .refused, reason)
        try purchases.refuse(purchase, reason)
      }
      log(.warning, "purchase refused", purchase, reason)
    case .again(let reason, let pause):
      try await commit(&run) { purchases in
        try purchases.end(purchase, attempt: attempt, .notAccepted, reason)
        try purchases.wait(
          purchase, reason, until: purchases.transaction.now + Self.jittered(pause))
      }
      log(.info, "purchase was not accepted", purchase, reason)
    case .unknown(let reason, let pause):
      let tries = isLookUp ? purchase.tries + 1 : 0
      try await commit(&run) { purchases in
        try purchases.end(purchase, attempt: attempt, .unknown, reason)
        try purchases.unknown(
          purchase, reason,
          until: pause.map { purchases.transaction.now + Self.jittered($0) }, tries: tries)
      }
      if pause == nil {
        log(.error, "purchase is unknown and needs a person", purchase, reason)
      } else {
        log(.warning, "purchase is unknown", purchase, reason)
      }
    }
  }

  private func recordPlaced(
    _ ids: [String], _ reason: PurchaseReason?, attempt: Int, isLookUp: Bool, _ run: inout Run
  ) async throws {
    let purchase = run.purchase
    do {
      run.purchase = try await commit(&run) { purchases in
        try purchases.end(purchase, attempt: attempt, .placed, reason)
        try purchases.placed(
          purchase, ids: ids, reason, resolvedBy: isLookUp ? .repeatedRequest : .none)
        return try purchases.require(purchase.content.orderID)
      }
    } catch PurchasingError.supplierOrderRefused(let id, let why) {
      let reason = PlacingRules.askPerson(
        purchase.content.key, "the supplier answered with order \(id), and \(why)")
      try await commit(&run) { purchases in
        try purchases.end(purchase, attempt: attempt, .unknown, reason)
        try purchases.unknown(purchase, reason, until: nil, tries: purchase.tries)
      }
      log(.error, "purchase is unknown and needs a person", purchase, reason)
      return
    }
    CrashPoint.reached(PurchasingStep.placedCommitted)
    log(
      .info, "purchase placed", run.purchase, reason,
      ["supplierOrders": "\(ids.joined(separator: ","))"])
    if run.purchase.state == .awaitingSupplierPayment { try await poll(&run) }
  }

  // MARK: After the placing

  /// Asks whether the supplier's orders are paid.
  func poll(_ run: inout Run) async throws {
    var orders: [SupplierOrder] = []
    for id in run.purchase.supplierOrderIDs {
      switch await run.account.order(id) {
      case .value(let order): orders.append(order)
      case .refused(let reason):
        guard let reason = try await cured(reason, attempt: nil, &run) else { return }
        return try await pollLater(&run, reason, nil)
      case .later(let reason, let seconds): return try await pollLater(&run, reason, seconds)
      }
    }
    CrashPoint.reached(PurchasingStep.paymentPolled)
    let purchase = run.purchase
    let verdict = PaymentRules.verdict(
      on: orders, problem: run.paymentProblem, placedAt: purchase.placedAt, now: Self.now())
    switch verdict {
    case .waits(let reason):
      let payBy = PaymentRules.payBy(orders, placedAt: purchase.placedAt)
      try await pollLater(&run, reason, nil, payBy: payBy)
    case .closed(let reason):
      try await commit(&run) { purchases in
        try purchases.put(payBy: 0, of: purchase)
        try purchases.close(purchase, reason)
      }
      log(.warning, "purchase closed unpaid", purchase, reason)
    case .paid(let cost):
      try await commit(&run) { purchases in
        try purchases.put(payBy: 0, of: purchase)
        try purchases.settle(purchase, cost)
      }
      CrashPoint.reached(PurchasingStep.purchasedCommitted)
      log(.info, "purchase paid", purchase, nil, ["cost": "\(cost.landed)"])
    }
  }

  private func pollLater(
    _ run: inout Run, _ reason: PurchaseReason, _ seconds: Int?, payBy: Int64? = nil
  ) async throws {
    let purchase = run.purchase
    let kept = run.paymentProblem
    try await commit(&run) { purchases in
      let now = purchases.transaction.now
      if let payBy { try purchases.put(payBy: payBy, of: purchase) }
      let pause = PaymentRules.pollPause(
        age: now - purchase.placedAt, lapsesIn: (payBy ?? purchase.payBy) - now)
      let told = seconds.map { Int64(min($0, 3600)) * 1000 } ?? 0
      try purchases.wait(
        purchase, kept ?? reason, until: now + Self.jittered(max(pause, told)))
    }
    if purchase.reason?.code != (kept ?? reason).code {
      log(.info, "purchase waits for its payment", purchase, kept ?? reason)
    }
  }
}

extension PurchaseWork.Run {
  /// Why the supplier could not charge the account when the order was placed, if it could not. It
  /// stays the reason until the order is paid or closed, whatever else was waited for since.
  fileprivate var paymentProblem: PurchaseReason? {
    (attempts.map(\.reason) + [purchase.reason]).compactMap(\.self)
      .last { $0.code == .supplierPaymentFailed }
  }
}

extension Placing {
  /// The code of a doubtful refusal; nil for everything else.
  fileprivate var doubtCode: String? {
    if case .refused(let reason, isDoubtful: true, _) = self { reason.providerCode } else { nil }
  }
}
