import Money

/// Payouts, with everything that can go wrong before and after.
extension WorldState {
  /// Creates a batch; a sender_batch_id that was used before is refused and points to the first.
  mutating func create(
    _ request: CreatePayout, _ call: Call, _ keys: [String], now: Int64
  ) throws(PayPalRefusal) -> Answer {
    let base = "http://\(call.host)/paypal"
    try refusePayout(keys)
    if let first = payPal.batchOfSender[request.senderBatchID],
      let batch = payPal.payouts[first],
      now - batch.createdAt < PayPalWorld.batchKeyMilliseconds
    {
      throw .payout(
        "USER_BUSINESS_ERROR",
        .init(
          issue: "Batch with given sender_batch_id already exists", field: "SENDER_BATCH_ID",
          link: "\(base)/v1/payments/payouts/\(first)"))
    }
    let batch = planned(request, keys, now: now)
    try pay(for: batch)
    payPal.payouts[batch.id] = batch
    payPal.batchOfSender[batch.senderBatchID] = batch.id
    for item in batch.items { payPal.batchOfItem[item.id] = batch.id }
    let answer = Answer.json(batch.head(at: now, base: base), status: 201)
    if faults.isEmpty { return answer }
    if let fault = faults.strike(PayPalFault.payout5xx, keys) {
      throw .server(fault.status ?? 500)
    }
    if let fault = faults.strike(PayPalFault.payoutAnswerSlow, keys) {
      return answer.delayed(fault.delayMilliseconds ?? 20_000)
    }
    let isLost = faults.strike(PayPalFault.payoutAnswerLost, keys) != nil
    return isLost ? answer.delivered(.lost) : answer
  }

  private mutating func refusePayout(_ keys: [String]) throws(PayPalRefusal) {
    if faults.isEmpty { return }
    if let fault = faults.strike(PayPalFault.payout5xxBefore, keys) {
      throw .server(fault.status ?? 500)
    }
    if let fault = faults.strike(PayPalFault.payoutRefused, keys) {
      throw PayPalRefusal(status: 403, name: fault.code ?? "SENDER_RESTRICTED")
    }
    if faults.strike(PayPalFault.insufficientFunds, keys) != nil { throw .insufficientFunds }
  }

  private mutating func planned(_ request: CreatePayout, _ keys: [String], now: Int64)
    -> PayoutBatch
  {
    let id = payPal.newID("B")
    let settlesAt = now + max(0, settings.payoutDelay)
    let isDenied = faults.strike(PayPalFault.payoutDenied, keys) != nil
    let items = request.items.compactMap { item -> PayoutItem? in
      let end = isDenied ? (PayoutItem.Status.failed, nil) : outcome(of: item)
      guard let amount = amount(of: item) else { return nil }
      return PayoutItem(
        id: payPal.newID("I"), batchID: id, senderBatchID: request.senderBatchID,
        senderItemID: item.senderItemID, receiver: item.receiver, note: item.note,
        amount: amount, fee: PayPalMoney.payoutFee(amount, settings), outcome: end.0,
        errorName: end.1, settlesAt: settlesAt)
    }
    return PayoutBatch(
      id: id, senderBatchID: request.senderBatchID, subject: request.subject, createdAt: now,
      settlesAt: settlesAt, isDenied: isDenied, currency: request.items[0].amount.currency,
      items: items)
  }

  private mutating func outcome(of item: CreatePayout.Item) -> (PayoutItem.Status, String?) {
    if faults.isEmpty { return (.success, nil) }
    let ends: [(PayPalFault, PayoutItem.Status, String)] = [
      (.payoutUnclaimed, .unclaimed, "RECEIVER_UNREGISTERED"),
      (.payoutFailed, .failed, "RECEIVER_ACCOUNT_LOCKED"),
      (.payoutReturned, .returned, "RECEIVER_UNREGISTERED"),
      (.payoutBlocked, .blocked, "REGULATORY_BLOCKED"),
      (.payoutOnHold, .onHold, "REGULATORY_PENDING"),
    ]
    for (name, status, error) in ends {
      if let fault = faults.strike(name, [item.senderItemID, item.receiver]) {
        return (status, fault.code ?? error)
      }
    }
    return (.success, nil)
  }

  /// What an item is over; nil when it gets lost.
  private mutating func amount(of item: CreatePayout.Item) -> Amount? {
    if faults.isEmpty { return item.amount }
    let keys = [item.senderItemID, item.receiver]
    if faults.strike(PayPalFault.payoutItemMissing, keys) != nil { return nil }
    guard let fault = faults.strike(PayPalFault.payoutAmountDiffers, keys) else {
      return item.amount
    }
    return item.amount.minus(
      Amount(minorUnits: fault.minorUnits ?? 100, currency: item.amount.currency))
  }

  /// Takes amounts and fees from the account, all or nothing.
  private mutating func pay(for batch: PayoutBatch) throws(PayPalRefusal) {
    var costs: [Currency: Int64] = [:]
    for item in batch.items { costs[item.amount.currency, default: 0] += item.cost }
    for (currency, cost) in costs where payPal.balance(currency, settings) < cost {
      throw .insufficientFunds
    }
    for (currency, cost) in costs { payPal.move(-cost, currency, settings) }
  }

  func item(_ id: String) throws(PayPalRefusal) -> PayoutItem {
    let batch = payPal.batchOfItem[id].flatMap { payPal.payouts[$0] }
    guard let item = batch?.items.first(where: { $0.id == id }) else { throw .noSuchPayout }
    return item
  }

  /// Gives back an item that nobody has claimed.
  mutating func cancelItem(_ id: String, now: Int64) throws(PayPalRefusal) -> PayoutItem {
    let item = try item(id)
    guard item.status(at: now) == .unclaimed else {
      throw .payout(
        item.status(at: now) == .pending ? "BATCH_NOT_COMPLETED" : "ITEM_INCORRECT_STATUS")
    }
    guard let index = payPal.payouts[item.batchID]?.items.firstIndex(where: { $0.id == id }) else {
      throw .noSuchPayout
    }
    payPal.move(item.cost, item.amount.currency, settings)
    payPal.payouts[item.batchID]?.items[index].outcome = .returned
    return try self.item(id)
  }

  /// Lets an item end in another way, whenever that is; its money comes or goes.
  ///
  /// - Returns: whether there is such an item.
  mutating func move(payout senderItemID: String, to status: PayoutItem.Status) -> Bool {
    for (id, batch) in payPal.payouts {
      guard let index = batch.items.firstIndex(where: { $0.senderItemID == senderItemID }) else {
        continue
      }
      var item = batch.items[index]
      payPal.move(item.cost, item.amount.currency, settings)
      item.outcome = status
      payPal.move(-item.cost, item.amount.currency, settings)
      payPal.payouts[id]?.items[index] = item
      return true
    }
    return false
  }
}
