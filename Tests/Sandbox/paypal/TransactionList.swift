import Money

/// Which lines of the account's list are asked for.
struct TransactionQuery: Sendable {
  static let linesMax = 500
  /// No question spans more: 31 days.
  static let spanMilliseconds: Int64 = 31 * 86_400_000

  let from: Int64
  let until: Int64
  let page: Int
  let size: Int

  init(_ query: String) throws(PayPalRefusal) {
    var fields: [String: String] = [:]
    FormFields.read(query.utf8, into: &fields)
    guard let from = fields["start_date"].flatMap({ Moment(text: $0) }),
      let until = fields["end_date"].flatMap({ Moment(text: $0) })
    else { throw .invalid("INVALID_PARAMETER_SYNTAX", "start_date") }
    let span = until.milliseconds - from.milliseconds
    guard (0...Self.spanMilliseconds).contains(span) else {
      throw .invalid("INVALID_DATE_RANGE", "end_date")
    }
    self.from = from.milliseconds
    self.until = until.milliseconds
    page = max(1, fields["page"].flatMap { Int($0) } ?? 1)
    size = min(Self.linesMax, max(1, fields["page_size"].flatMap { Int($0) } ?? 100))
  }
}

/// A line of the account's list: money that came or went.
struct TransactionLine: Sendable {
  let id: String
  var referenceID = ""
  let eventCode: String
  let at: Int64
  let amount: Amount
  var fee: Amount?
  var customID = ""

  var json: JSON {
    let time = JSON.string(Moment(milliseconds: at).text.replacing("Z", with: "+0000"))
    var info: JSON = [
      "transaction_id": .string(id), "transaction_event_code": .string(eventCode),
      "transaction_initiation_date": time, "transaction_updated_date": time,
      "transaction_amount": amount.orderJSON, "transaction_status": "S",
    ]
    if let fee { info = info.adding("fee_amount", fee.orderJSON) }
    if !referenceID.isEmpty {
      info = info.adding("paypal_reference_id", .string(referenceID))
        .adding("paypal_reference_id_type", "TXN")
    }
    if !customID.isEmpty { info = info.adding("custom_field", .string(customID)) }
    return ["transaction_info": info]
  }
}

extension Amount {
  fileprivate var negated: Amount { Amount(minorUnits: -minorUnits, currency: currency) }
}

extension PayPalWorld {
  /// Everything that moved the account by now, oldest first. What a person hides is not shown.
  func lines(at now: Int64) -> [TransactionLine] {
    let captures = orders.values.compactMap { order -> TransactionLine? in
      guard let capture = order.capture, !capture.isDeclined, capture.status(at: now) != .pending
      else { return nil }
      return TransactionLine(
        id: capture.id, eventCode: "T0006", at: capture.capturedAt, amount: capture.amount,
        fee: capture.fee.negated, customID: order.customID)
    }
    let refunds = refunds.values.filter { $0.status(at: now) == .completed }.map {
      TransactionLine(
        id: $0.id, referenceID: $0.captureID, eventCode: "T1107", at: $0.createdAt,
        amount: $0.amount.negated, customID: $0.customID)
    }
    let payouts = payouts.values.flatMap { batch in
      batch.items.filter { now >= $0.settlesAt && $0.outcome.isTaken }.map {
        TransactionLine(
          id: "T\($0.id)", eventCode: "T0001", at: batch.createdAt, amount: $0.amount.negated,
          fee: $0.fee.negated)
      }
    }
    return (captures + refunds + payouts + strangers).filter { !hidden.contains($0.id) }
      .sorted { ($0.at, $0.id) < ($1.at, $1.id) }
  }

  /// A page of the list.
  func answer(_ query: TransactionQuery, now: Int64) -> JSON {
    let found = lines(at: now).filter { query.from <= $0.at && $0.at <= query.until }
    let shown = found.dropFirst((query.page - 1) * query.size).prefix(query.size)
    let pages = max(1, (found.count + query.size - 1) / query.size)
    return [
      "transaction_details": .array(shown.map(\.json)), "account_number": "SANDBOXMERCHANT",
      "start_date": .string(Moment(milliseconds: query.from).text),
      "end_date": .string(Moment(milliseconds: query.until).text),
      "last_refreshed_datetime": .string(Moment(milliseconds: now + 1000).text),
      "page": .integer(Int64(query.page)), "total_items": .integer(Int64(found.count)),
      "total_pages": .integer(Int64(pages)), "links": [],
    ]
  }
}

extension ControlFace {
  /// Puts a line into the account's list that no call made, or hides one.
  func changeTransactions(_ body: JSON) throws(Refused) -> JSON {
    if let id = body["hide"]?.string {
      world.change { state, _ in _ = state.payPal.hidden.insert(id) }
      return ["hidden": .string(id)]
    }
    guard let text = body["amount"]?.string, let amount = try? Amount(decimal: text, currency: .usd)
    else { throw Refused(description: "amount is a decimal text in USD such as -12.50") }
    let code = body["event_code"]?.string ?? "T0400"
    let id = world.change { state, now in
      let id = state.payPal.newID("X")
      state.payPal.strangers.append(
        TransactionLine(id: id, eventCode: code, at: now, amount: amount))
      return id
    }
    return ["transaction_id": .string(id)]
  }
}
