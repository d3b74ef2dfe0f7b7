import Money

/// Refunds, with everything that can go wrong before and after.
extension WorldState {
  /// How long the key of a refund is remembered.
  private static let refundKeyMilliseconds: Int64 = 45 * 86_400_000

  /// Gives money back; the request id that did answers the same refund again.
  mutating func refund(
    _ request: CreatePayPalRefund, _ call: Call, _ keys: [String], now: Int64
  ) throws(PayPalRefusal) -> Answer {
    let base = "http://\(call.host)/paypal"
    let isMinimal = !call.prefer.contains("return=representation")
    let first = call.requestID.isEmpty ? nil : payPal.refundOfRequest[call.requestID]
    let refund: PayPalRefund
    var status = 201
    if let known = first.flatMap({ payPal.refunds[$0] }),
      now - known.createdAt < Self.refundKeyMilliseconds
    {
      guard known.captureID == request.captureID else {
        throw .unprocessable("DUPLICATE_REQUEST_ID")
      }
      (refund, status) = (known, 200)
    } else {
      try refuseRefund(keys)
      refund = try give(request, requestID: call.requestID, keys, now: now)
    }
    settleRefund(refund.id, now: now)
    let answer = Answer.json(
      refund.json(at: now, base: base, isMinimal: isMinimal), status: status)
    return try afterRefunding(answer, keys)
  }

  private mutating func refuseRefund(_ keys: [String]) throws(PayPalRefusal) {
    if faults.isEmpty { return }
    if let fault = faults.strike(PayPalFault.refund5xxBefore, keys) {
      throw .server(fault.status ?? 500)
    }
    if let fault = faults.strike(PayPalFault.refundRefused, keys) {
      throw .unprocessable(fault.code ?? "REFUND_NOT_ALLOWED")
    }
  }

  /// Makes a refund of a part of a capture, or of all that is left.
  mutating func give(
    _ request: CreatePayPalRefund, requestID: String, _ keys: [String], now: Int64
  ) throws(PayPalRefusal) -> PayPalRefund {
    guard let order = payPal.orderOfCapture[request.captureID].flatMap({ payPal.orders[$0] }),
      let capture = order.capture
    else { throw .notFound }
    switch capture.status(at: now) {
    case .pending: throw .unprocessable("PENDING_CAPTURE")
    case .declined: throw .unprocessable("REFUND_NOT_ALLOWED")
    case .refunded: throw .unprocessable("CAPTURE_FULLY_REFUNDED")
    case .completed, .partiallyRefunded: break
    }
    payPal.settle(order.id, settings, now: now)
    let amount = request.amount ?? capture.left
    guard amount.currency == capture.amount.currency else {
      throw .unprocessable("REFUND_CAPTURE_CURRENCY_MISMATCH")
    }
    guard amount.minorUnits <= capture.left.minorUnits else {
      throw .unprocessable("REFUND_AMOUNT_EXCEEDED")
    }
    guard payPal.balance(amount.currency, settings) >= amount.minorUnits else {
      throw .unprocessable("REFUND_FAILED_INSUFFICIENT_FUNDS")
    }
    var refund = PayPalRefund(
      id: payPal.newID("R"), captureID: capture.id, customID: order.customID,
      requestID: requestID, amount: amount, createdAt: now)
    let pending = faults.strike(PayPalFault.refundPending, keys)
    let failed = faults.strike(PayPalFault.refundFailed, keys)
    if failed != nil { refund.outcome = .failed }
    if let fault = pending ?? failed {
      refund.pendingUntil = fault.delayMilliseconds.map { now + $0 } ?? (failed == nil ? .max : 0)
    }
    payPal.refunds[refund.id] = refund
    if !requestID.isEmpty { payPal.refundOfRequest[requestID] = refund.id }
    return refund
  }

  /// Lets a refund show at its capture and in the balance once it is completed.
  mutating func settleRefund(_ id: String, now: Int64) {
    guard let refund = payPal.refunds[id], !refund.isSettled,
      refund.status(at: now) == .completed,
      let order = payPal.orderOfCapture[refund.captureID]
    else { return }
    payPal.refunds[id]?.isSettled = true
    payPal.orders[order]?.capture?.refunded += refund.amount.minorUnits
    payPal.move(-refund.amount.minorUnits, refund.amount.currency, settings)
  }

  mutating func settleRefunds(ofOrder id: String, now: Int64) {
    guard !payPal.refunds.isEmpty, let capture = payPal.orders[id]?.capture?.id else { return }
    for refund in payPal.refunds.values where refund.captureID == capture {
      settleRefund(refund.id, now: now)
    }
  }

  private mutating func afterRefunding(_ answer: Answer, _ keys: [String]) throws(PayPalRefusal)
    -> Answer
  {
    if faults.isEmpty { return answer }
    if let fault = faults.strike(PayPalFault.refund5xx, keys) {
      throw .server(fault.status ?? 500)
    }
    if let fault = faults.strike(PayPalFault.refundAnswerSlow, keys) {
      return answer.delayed(fault.delayMilliseconds ?? 20_000)
    }
    let isLost = faults.strike(PayPalFault.refundAnswerLost, keys) != nil
    return isLost ? answer.delivered(.lost) : answer
  }
}
