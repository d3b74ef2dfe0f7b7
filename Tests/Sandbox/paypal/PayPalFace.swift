import Foundation

/// PayPal's REST interface below `/paypal`, and the page on which a buyer approves.
struct PayPalFace: Sendable {
  let world: World

  func answer(_ call: Call) -> Answer {
    let path = call.path.split(separator: "/").dropFirst()
    if path.first == "checkoutnow" { return ApprovalPage(world: world).answer(call) }
    if path.elementsEqual(["v1", "oauth2", "token"]) { return token(call) }
    if call.verb == .get, call.path == Signatory.path {
      return Answer(body: .text(world.signatory.chain))
    }
    let request = Result { () throws(PayPalRefusal) in try PayPalRequest(call, Array(path)) }
    return world.change { state, now in state.answer(call, request, now: now) }
  }

  private func token(_ call: Call) -> Answer {
    let expected = Data("\(PayPalWorld.clientID):\(PayPalWorld.clientSecret)".utf8)
    var fields: [String: String] = [:]
    FormFields.read(call.body, into: &fields)
    let isKnown = call.authorization == "Basic \(expected.base64EncodedString())"
    let isGrant = fields["grant_type"] == "client_credentials"
    return world.change { state, now in
      let debugID = state.debugID()
      let keys = [call.path]
      if let fault = state.faults.strike(PayPalFault.server5xx, keys) {
        return PayPalRefusal.server(fault.status ?? 500).answer(debugID: debugID)
      }
      guard isKnown else { return PayPalRefusal.invalidClient.answer(debugID: debugID) }
      guard call.verb == .post, isGrant else {
        return PayPalRefusal(status: 400, name: "unsupported_grant_type", isOAuth: true)
          .answer(debugID: debugID)
      }
      let seconds = state.settings.tokenSeconds
      return .json(
        [
          "scope": "https://uri.paypal.com/services/payments/payment",
          "access_token": .string(state.payPal.issueToken(now: now, seconds: seconds)),
          "token_type": "Bearer", "app_id": "APP-SANDBOX", "expires_in": .integer(seconds),
          "nonce": .string("\(Moment(milliseconds: now).text)\(debugID)"),
        ])
    }
  }
}

extension WorldState {
  mutating func debugID() -> String { String(requestNumber(), radix: 16) }

  /// Answers a call to anything but the token.
  mutating func answer(
    _ call: Call, _ request: Result<PayPalRequest, PayPalRefusal>, now: Int64
  ) -> Answer {
    let debugID = debugID()
    let keys = faults.isEmpty ? [] : payPalKeys(call, request)
    var answer: Answer
    do {
      try admit(call, keys, now: now)
      answer = try serve(try request.get(), call, keys, now: now)
    } catch {
      answer = error.answer(debugID: debugID)
    }
    answer.headers.append((name: "Paypal-Debug-Id", value: debugID))
    if faults.isEmpty { return answer }
    if let fault = faults.strike(PayPalFault.slow, keys) {
      answer = answer.delayed(fault.delayMilliseconds ?? 1000)
    }
    if faults.strike(PayPalFault.answerLost, keys) != nil { return answer.delivered(.lost) }
    if faults.strike(PayPalFault.answerCut, keys) != nil { return answer.delivered(.cut) }
    return answer
  }

  private func payPalKeys(_ call: Call, _ request: Result<PayPalRequest, PayPalRefusal>)
    -> [String]
  {
    var keys = [call.path, call.requestID]
    guard let request = try? request.get() else { return keys }
    keys += request.keys
    if case .capture(let id) = request { keys.append(payPal.orders[id]?.customID ?? "") }
    if case .order(let id) = request { keys.append(payPal.orders[id]?.customID ?? "") }
    if case .refund(let refund) = request {
      let order = payPal.orderOfCapture[refund.captureID] ?? ""
      keys.append(payPal.orders[order]?.customID ?? "")
    }
    return keys
  }

  private mutating func admit(_ call: Call, _ keys: [String], now: Int64) throws(PayPalRefusal) {
    let token = String(call.authorization.trimmingPrefix("Bearer "))
    if !faults.isEmpty {
      if let fault = faults.strike(PayPalFault.server5xx, keys) {
        throw .server(fault.status ?? 500)
      }
      if let fault = faults.strike(PayPalFault.rateLimit, keys) {
        throw PayPalRefusal(
          status: 429, name: "RATE_LIMIT_REACHED", retryAfterSeconds: fault.seconds ?? 1)
      }
      if faults.strike(PayPalFault.invalidToken, keys) != nil { payPal.forget(token: token) }
    }
    guard payPal.isValid(token: token, now: now) else { throw .invalidToken }
    if call.verb == .post, faults.strike(PayPalFault.requestInProgress, keys) != nil {
      throw .requestInProgress
    }
  }

  private mutating func serve(
    _ request: PayPalRequest, _ call: Call, _ keys: [String], now: Int64
  ) throws(PayPalRefusal) -> Answer {
    let base = "http://\(call.host)/paypal"
    switch request {
    case .createOrder(let order): return try create(order, call, keys, now: now)
    case .capture(let id): return try capture(id, call, keys, now: now)
    case .order(let id):
      payPal.settle(id, settings, now: now)
      settleRefunds(ofOrder: id, now: now)
      guard let order = payPal.orders[id] else { throw .notFound }
      return .json(order.json(at: now, base: base, isMinimal: false))
    case .captureDetails(let id):
      let orderID = payPal.orderOfCapture[id] ?? ""
      payPal.settle(orderID, settings, now: now)
      settleRefunds(ofOrder: orderID, now: now)
      guard let order = payPal.orders[orderID], let capture = order.capture else {
        throw .notFound
      }
      return .json(capture.json(at: now, of: order, base: base))
    case .refund(let refund): return try self.refund(refund, call, keys, now: now)
    case .refundDetails(let id):
      settleRefund(id, now: now)
      guard let refund = payPal.refunds[id] else { throw .notFound }
      return .json(refund.json(at: now, base: base, isMinimal: false))
    case .createPayout(let payout): return try create(payout, call, keys, now: now)
    case .payout(let id):
      guard let batch = payPal.payouts[id] else { throw .noSuchPayout }
      return .json(batch.json(at: now, base: base, .init(call.query)))
    case .transactions(let query): return .json(payPal.answer(query, now: now))
    case .payoutItem(let id): return .json(try item(id).json(at: now, base: base))
    case .cancelItem(let id): return .json(try cancelItem(id, now: now).json(at: now, base: base))
    }
  }
}
