/// Placing an order with the supplier, with everything that can go wrong before and after.
extension WorldState {
  mutating func place(
    _ order: PlaceOrder, _ key: Supplier.PlacementKey, _ number: Int64, now: Int64
  ) throws(GatewayRefusal) -> Answer {
    let keys = [AliExpressMethod.place.rawValue, key.outOrderID]
    if let fault = faults.strike(AliExpressFault.edge5xxBeforePlacing, keys) {
      return .badGateway(fault.status ?? 502)
    }
    if let first = supplier.placement(key, now: now) {
      switch settings.repeatedOrder {
      case .firstIDs: return try afterPlacing(first, keys, number)
      case .repeatedOrderError:
        return refusal(
          .init(code: "REPEATED_ORDER_ERROR", message: "The order has been placed"), number)
      case .placeAgain: break
      }
    }
    if let fault = faults.strike(AliExpressFault.refuse, keys) {
      return refusal(
        .init(code: fault.code ?? "INVENTORY_HOLD_ERROR", message: "Refused on request"), number)
    }
    let placement: Supplier.Placement
    do {
      placement = try placed(order, key, keys, now: now)
    } catch {
      return refusal(error, number)
    }
    return try afterPlacing(placement, keys, number)
  }

  private mutating func placed(
    _ order: PlaceOrder, _ key: Supplier.PlacementKey, _ keys: [String], now: Int64
  ) throws(Supplier.Refusal) -> Supplier.Placement {
    var lines = try PlacementRules.lines(order, supplier.catalogue)
    if faults.strike(AliExpressFault.severalIDs, keys) != nil {
      lines = PlacementRules.split(lines)
    }
    let fails =
      order.triesToPay
      && (order.payCurrency != "USD" || faults.strike(AliExpressFault.autoPayFails, keys) != nil)
    let isPaid = order.triesToPay && !fails
    let ids = supplier.place(
      lines, key, .init(path: .api, address: order.address),
      paidAt: isPaid ? now + max(0, settings.supplierPayDelay) : nil, settings,
      now: now)
    let placement = Supplier.Placement(
      ids: ids, note: fails ? "OrderCreated, autoPay fail:APIPayFail" : nil, placedAt: now)
    supplier.remember(placement, key)
    return placement
  }

  /// The answer to an order that is placed, and its fate.
  private mutating func afterPlacing(
    _ placement: Supplier.Placement, _ keys: [String], _ number: Int64
  ) throws(GatewayRefusal) -> Answer {
    if faults.isEmpty { return success(placement, PlacingForm(), number) }
    if faults.strike(AliExpressFault.ispErrorAfterPlacing, keys) != nil { throw .isp }
    if let fault = faults.strike(AliExpressFault.edge5xxAfterPlacing, keys) {
      return .badGateway(fault.status ?? 502)
    }
    let form = PlacingForm(
      hasIDs: faults.strike(AliExpressFault.successWithoutIDs, keys) == nil,
      hasTextBooleans: faults.strike(AliExpressFault.textBooleans, keys) != nil,
      hasTextIDs: faults.strike(AliExpressFault.textIDs, keys) != nil,
      isFlat: faults.strike(AliExpressFault.flatForm, keys) != nil,
      isSingle: faults.strike(AliExpressFault.singleObject, keys) != nil)
    var answer = success(placement, form, number)
    if let fault = faults.strike(AliExpressFault.placedAnswerSlow, keys) {
      answer = answer.delayed(fault.delayMilliseconds ?? 20_000)
    }
    if faults.strike(AliExpressFault.cutJSON, keys) != nil { answer = answer.delivered(.cut) }
    if faults.strike(AliExpressFault.placedAnswerLost, keys) != nil {
      answer = answer.delivered(.lost)
    }
    return answer
  }

  /// The forms that answers have been seen in.
  private struct PlacingForm {
    var hasIDs = true
    var hasTextBooleans = false
    var hasTextIDs = false
    var isFlat = false
    var isSingle = false
  }

  private func success(_ placement: Supplier.Placement, _ form: PlacingForm, _ number: Int64)
    -> Answer
  {
    var result: JSON = ["is_success": form.hasTextBooleans ? "true" : true]
    if form.hasIDs {
      let ids = placement.ids.map { form.hasTextIDs ? JSON.string(String($0)) : .integer($0) }
      let list = form.isSingle && ids.count == 1 ? ids[0] : .array(ids)
      result = result.adding("order_list", form.isFlat ? list : ["number": list])
    }
    if let note = placement.note { result = result.adding("error_msg", .string(note)) }
    return form.isFlat ? .json(result) : wrapped(result, number)
  }

  private func refusal(_ refusal: Supplier.Refusal, _ number: Int64) -> Answer {
    wrapped(
      [
        "is_success": false, "error_code": .string(refusal.code),
        "error_msg": .string(refusal.message),
      ], number)
  }

  private func wrapped(_ result: JSON, _ number: Int64) -> Answer {
    .json(
      [
        "aliexpress_ds_order_create_response": [
          "result": result, "request_id": .string(requestID(number)),
        ]
      ])
  }
}
