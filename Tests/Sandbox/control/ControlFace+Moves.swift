import Money

/// What a person does in the simulated world by hand.
extension ControlFace {
  func approve(_ body: JSON) throws(Refused) -> JSON {
    let id = body["order_id"]?.string ?? ""
    guard world.change({ state, now in state.payPal.approve(id, now: now) }) else {
      throw Refused(description: "there is no PayPal order \(id) that waits for approval")
    }
    return ["order_id": .string(id), "status": "APPROVED"]
  }

  func refund(_ body: JSON) throws(Refused) -> JSON {
    let id = body["capture_id"]?.string ?? ""
    let request = CreatePayPalRefund(allOf: id)
    let isReversal = body["reversed"]?.bool ?? false
    let refund = world.change { state, now -> PayPalRefund? in
      let made = try? state.give(request, requestID: "", [], now: now)
      if let made, isReversal { state.payPal.refunds[made.id]?.isReversal = true }
      if let made { state.settleRefund(made.id, now: now) }
      return made
    }
    guard let refund else { throw Refused(description: "nothing is left of a capture \(id)") }
    return ["capture_id": .string(id), "refund_id": .string(refund.id)]
  }

  func movePayout(_ body: JSON) throws(Refused) -> JSON {
    let id = body["sender_item_id"]?.string ?? ""
    guard let status = body["status"]?.string.flatMap(PayoutItem.Status.init(rawValue:)) else {
      throw Refused(description: "status is one of SUCCESS, RETURNED, REVERSED and the like")
    }
    guard world.change({ state, _ in state.move(payout: id, to: status) }) else {
      throw Refused(description: "there is no payout item \(id)")
    }
    return ["sender_item_id": .string(id), "status": .string(status.rawValue)]
  }

  func setSKU(_ body: JSON) throws(Refused) -> JSON {
    let id = body["sku_id"]?.text ?? ""
    var price: Int64?
    if let text = body["price"]?.string {
      guard let amount = try? Amount(decimal: text, currency: .usd),
        (1...1_000_000_000).contains(amount.minorUnits)
      else { throw Refused(description: "price is a decimal text in USD such as 6.50") }
      price = amount.minorUnits
    }
    let stock = body["stock"]?.integer
    guard price != nil || stock != nil else {
      throw Refused(description: "a SKU's price (text) or stock (number) can be set")
    }
    let found = world.change { state, _ in
      state.supplier.catalogue.change(skuID: id) { sku in
        if let price { sku.price = price }
        if let stock { sku.stock = max(0, stock) }
      }
    }
    guard found else { throw Refused(description: "there is no SKU \(id)") }
    return ["sku_id": .string(id)]
  }

  func moveOrder(_ body: JSON) throws(Refused) -> JSON {
    let id = body["order_id"]?.integer ?? 0
    guard let event = body["event"]?.string.flatMap(SupplierOrder.Event.init(rawValue:)) else {
      throw Refused(description: "event is one of pay, ship, finish, cancel")
    }
    let status = world.change { state, now in
      state.supplier.move(id, event, now: now)
    }
    guard let status else { throw Refused(description: "there is no supplier order \(id)") }
    return ["order_id": .integer(id), "status": .string(status)]
  }

  func setToken(_ body: JSON) throws(Refused) -> JSON {
    guard let token = body["access_token"]?.string, !token.isEmpty else {
      throw Refused(description: "access_token is missing")
    }
    let account = body["account"]?.text
    let seconds = body["expires_in"]?.integer ?? 86_400
    let known = world.change { state, now in
      state.supplier.tokens.set(token, account: account, expiresAt: now + seconds * 1000)
    }
    guard known else {
      throw Refused(description: "a new access_token needs an account")
    }
    return ["access_token": .string(token), "expires_in": .integer(seconds)]
  }

  func issueCode(_ body: JSON) throws(Refused) -> JSON {
    guard let account = body["account"]?.text, !account.isEmpty else {
      throw Refused(description: "account is missing")
    }
    return world.change { state, now in
      ["code": .string(state.supplier.tokens.issueCode(account: account, now: now))]
    }
  }
  func revoke(_ body: JSON) throws(Refused) -> JSON {
    guard let account = body["account"]?.text, !account.isEmpty else {
      throw Refused(description: "account is missing")
    }
    world.change { state, _ in state.supplier.tokens.revoke(account: account) }
    return ["account": .string(account)]
  }
}
