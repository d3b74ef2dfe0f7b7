import Money

/// Orders and captures, with everything that can go wrong before and after.
extension WorldState {
  /// Creates an order; a request id that was used before answers that order as it is now.
  mutating func create(
    _ request: CreatePayPalOrder, _ call: Call, _ keys: [String], now: Int64
  ) throws(PayPalRefusal) -> Answer {
    let base = "http://\(call.host)/paypal"
    let isMinimal = !call.prefer.contains("return=representation")
    let first = call.requestID.isEmpty ? nil : payPal.orderOfRequest[call.requestID]
    if let order = first.flatMap({ payPal.orders[$0] }),
      now - order.createdAt < PayPalWorld.orderKeyMilliseconds
    {
      return try afterCreating(
        .json(order.json(at: now, base: base, isMinimal: isMinimal)), keys)
    }
    let order = PayPalOrder(
      id: payPal.newID("O"), request: request, createdAt: now, updatedAt: now,
      status: request.hasPaymentSource ? .payerActionRequired : .created)
    payPal.orders[order.id] = order
    if !call.requestID.isEmpty { payPal.orderOfRequest[call.requestID] = order.id }
    if settings.autoApprove { _ = payPal.approve(order.id, now: now) }
    return try afterCreating(
      .json(order.json(at: now, base: base, isMinimal: isMinimal), status: 201), keys)
  }

  private mutating func afterCreating(_ answer: Answer, _ keys: [String]) throws(PayPalRefusal)
    -> Answer
  {
    if faults.isEmpty { return answer }
    if let fault = faults.strike(PayPalFault.createOrder5xx, keys) {
      throw .server(fault.status ?? 500)
    }
    let isLost = faults.strike(PayPalFault.createOrderAnswerLost, keys) != nil
    return isLost ? answer.delivered(.lost) : answer
  }

  /// Takes the buyer's money; the request id that took it answers the same again.
  mutating func capture(_ id: String, _ call: Call, _ keys: [String], now: Int64)
    throws(PayPalRefusal) -> Answer
  {
    guard let order = payPal.orders[id] else { throw .notFound }
    var status = 200
    if let capture = order.capture {
      guard !call.requestID.isEmpty, capture.requestID == call.requestID else {
        throw .unprocessable("ORDER_ALREADY_CAPTURED")
      }
    } else {
      guard order.status == .approved else { throw .unprocessable("ORDER_NOT_APPROVED") }
      try refuseCapture(keys)
      take(order, requestID: call.requestID, keys, now: now)
      status = 201
    }
    payPal.settle(id, settings, now: now)
    guard let captured = payPal.orders[id] else { throw .notFound }
    let answer = Answer.json(
      captured.json(
        at: now, base: "http://\(call.host)/paypal",
        isMinimal: !call.prefer.contains("return=representation")), status: status)
    return try afterCapturing(answer, keys)
  }

  private mutating func refuseCapture(_ keys: [String]) throws(PayPalRefusal) {
    if faults.isEmpty { return }
    if let fault = faults.strike(PayPalFault.capture5xxBefore, keys) {
      throw .server(fault.status ?? 500)
    }
    if faults.strike(PayPalFault.instrumentDeclined, keys) != nil {
      throw .unprocessable("INSTRUMENT_DECLINED")
    }
    if let fault = faults.strike(PayPalFault.captureRefused, keys) {
      throw .unprocessable(fault.code ?? "TRANSACTION_REFUSED")
    }
  }

  private mutating func take(
    _ order: PayPalOrder, requestID: String, _ keys: [String], now: Int64
  ) {
    var amount = order.request.amount
    if let fault = faults.strike(PayPalFault.captureAmountDiffers, keys) {
      let less = Amount(minorUnits: fault.minorUnits ?? 100, currency: amount.currency)
      amount = amount.minus(less)
    }
    var capture = PayPalCapture(
      id: payPal.newID("C"), requestID: requestID, amount: amount,
      fee: PayPalMoney.captureFee(amount, settings), capturedAt: now)
    if let fault = faults.strike(PayPalFault.captureFeeMissing, keys) {
      capture.hidesFee = true
      capture.hidesFeeUntil = fault.delayMilliseconds.map { now + $0 }
    }
    capture.isDeclined = faults.strike(PayPalFault.captureDeclined, keys) != nil
    if let fault = faults.strike(PayPalFault.capturePending, keys) {
      capture.pendingReason = fault.code ?? "ECHECK"
      capture.pendingUntil = fault.delayMilliseconds.map { now + $0 }
    }
    payPal.orderOfCapture[capture.id] = order.id
    payPal.orders[order.id]?.capture = capture
    payPal.orders[order.id]?.status = .completed
    payPal.orders[order.id]?.updatedAt = now
  }

  private mutating func afterCapturing(_ answer: Answer, _ keys: [String]) throws(PayPalRefusal)
    -> Answer
  {
    if faults.isEmpty { return answer }
    if let fault = faults.strike(PayPalFault.capture5xx, keys) {
      throw .server(fault.status ?? 500)
    }
    if let fault = faults.strike(PayPalFault.captureAnswerSlow, keys) {
      return answer.delayed(fault.delayMilliseconds ?? 20_000)
    }
    let isLost = faults.strike(PayPalFault.captureAnswerLost, keys) != nil
    return isLost ? answer.delivered(.lost) : answer
  }
}
