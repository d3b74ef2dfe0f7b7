import Money

/// What PayPal says about payouts. Amounts name their currency `currency` here.
extension PayoutBatch {
  /// As the creation is answered.
  func head(at now: Int64, base: String) -> JSON {
    ["batch_header": header(at: now), "links": links(base)]
  }

  /// Which items of a batch are asked for: `?page=1&page_size=1000`.
  struct Page: Sendable {
    /// PayPal shows no more at a time.
    static let sizeMax = 1000

    var number = 1
    var size = Page.sizeMax

    init(_ query: String) {
      var fields: [String: String] = [:]
      FormFields.read(query.utf8, into: &fields)
      number = max(1, fields["page"].flatMap { Int($0) } ?? 1)
      size = min(Self.sizeMax, max(1, fields["page_size"].flatMap { Int($0) } ?? Self.sizeMax))
    }
  }

  /// The whole batch with a page of its items.
  func json(at now: Int64, base: String, _ page: Page) -> JSON {
    let currency = currency
    let total = items.reduce(0) { $0 + $1.amount.minorUnits }
    let fees = now < settlesAt ? 0 : items.reduce(0) { $0 + $1.shownFee(at: now).minorUnits }
    var header = header(at: now)
      .adding("amount", Amount(minorUnits: total, currency: currency).payoutJSON)
      .adding("fees", Amount(minorUnits: fees, currency: currency).payoutJSON)
      .adding("funding_source", "BALANCE")
    if now >= settlesAt {
      let time = JSON.string(Moment(milliseconds: settlesAt).text)
      header = header.adding("time_completed", time).adding("time_closed", time)
    }
    let shown = items.dropFirst((page.number - 1) * page.size).prefix(page.size)
    return [
      "total_items": .integer(Int64(items.count)),
      "total_pages": .integer(Int64((items.count + page.size - 1) / page.size)),
      "batch_header": header, "items": .array(shown.map { $0.json(at: now, base: base) }),
      "links": links(base),
    ]
  }

  private func header(at now: Int64) -> JSON {
    [
      "payout_batch_id": .string(id), "batch_status": .string(status(at: now)),
      "time_created": .string(Moment(milliseconds: createdAt).text),
      "sender_batch_header": [
        "sender_batch_id": .string(senderBatchID), "email_subject": .string(subject),
      ],
    ]
  }

  private func links(_ base: String) -> JSON {
    [["href": .string("\(base)/v1/payments/payouts/\(id)"), "rel": "self", "method": "GET"]]
  }
}

extension PayoutItem {
  /// Nothing before it is settled, and nothing for what was not sent.
  func shownFee(at now: Int64) -> Amount {
    status(at: now).isTaken ? fee : .zero(fee.currency)
  }

  func json(at now: Int64, base: String) -> JSON {
    let status = status(at: now)
    var value: JSON = [
      "payout_item_id": .string(id), "transaction_status": .string(status.rawValue),
      "payout_item_fee": shownFee(at: now).payoutJSON, "payout_batch_id": .string(batchID),
      "sender_batch_id": .string(senderBatchID),
      "payout_item": [
        "recipient_type": "EMAIL", "amount": amount.payoutJSON, "note": .string(note),
        "receiver": .string(receiver), "sender_item_id": .string(senderItemID),
      ],
    ]
    if status != .pending {
      value = value.adding("transaction_id", .string("T\(id)"))
        .adding("time_processed", .string(Moment(milliseconds: settlesAt).text))
      if let errorName {
        value = value.adding(
          "errors",
          ["name": .string(errorName), "message": .string("See \(errorName)."), "details": []])
      }
    }
    let link = JSON.string("\(base)/v1/payments/payouts-item/\(id)")
    return value.adding("links", [["href": link, "rel": "item", "method": "GET"]])
  }
}
