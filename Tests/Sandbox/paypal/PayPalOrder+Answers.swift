import Money

/// What PayPal says about orders and captures.
extension PayPalOrder {
  /// The order; only id, status and links when the caller wants no more.
  func json(at now: Int64, base: String, isMinimal: Bool) -> JSON {
    var value: JSON = ["id": .string(id), "status": .string(status.rawValue)]
    if !isMinimal {
      var unit: JSON = [
        "reference_id": .string(request.referenceID), "amount": request.amount.orderJSON,
        "payee": ["email_address": "shop@example.com", "merchant_id": "SANDBOXMERCH1"],
      ]
      if !request.description.isEmpty {
        unit = unit.adding("description", .string(request.description))
      }
      if !customID.isEmpty { unit = unit.adding("custom_id", .string(customID)) }
      if !request.invoiceID.isEmpty {
        unit = unit.adding("invoice_id", .string(request.invoiceID))
      }
      if let capture {
        let json = capture.json(at: now, of: self, base: base)
        unit = unit.adding("payments", ["captures": [json]])
      }
      value = value.adding("intent", "CAPTURE").adding("purchase_units", [unit])
      if status == .approved || status == .completed {
        value = value.adding("payer", Self.payer)
      }
      value = value.adding("create_time", .string(Moment(milliseconds: createdAt).text))
        .adding("update_time", .string(Moment(milliseconds: updatedAt).text))
    }
    return value.adding("links", .array(links(base)))
  }

  private static let payer: JSON = [
    "name": ["given_name": "Ada", "surname": "Lovelace"], "email_address": "buyer@example.com",
    "payer_id": "SANDBOXPAYER1",
  ]

  private func links(_ base: String) -> [JSON] {
    let own = "\(base)/v2/checkout/orders/\(id)"
    var links: [JSON] = [["href": .string(own), "rel": "self", "method": "GET"]]
    guard status != .completed else { return links }
    links.append([
      "href": .string("\(base)/checkoutnow?token=\(id)"),
      "rel": request.hasPaymentSource ? "payer-action" : "approve", "method": "GET",
    ])
    links.append(["href": .string("\(own)/capture"), "rel": "capture", "method": "POST"])
    return links
  }
}

extension PayPalCapture {
  func json(at now: Int64, of order: PayPalOrder, base: String) -> JSON {
    let status = status(at: now)
    var value: JSON = [
      "id": .string(id), "status": .string(status.rawValue), "amount": amount.orderJSON,
      "final_capture": true, "disbursement_mode": "INSTANT",
      "seller_protection": ["status": "ELIGIBLE"],
    ]
    if status == .pending {
      value = value.adding("status_details", ["reason": .string(pendingReason ?? "OTHER")])
    }
    if status != .pending, status != .declined, showsFee(at: now) {
      value = value.adding(
        "seller_receivable_breakdown",
        [
          "gross_amount": amount.orderJSON, "paypal_fee": fee.orderJSON,
          "net_amount": net.orderJSON,
        ])
    }
    if !order.customID.isEmpty { value = value.adding("custom_id", .string(order.customID)) }
    if !order.request.invoiceID.isEmpty {
      value = value.adding("invoice_id", .string(order.request.invoiceID))
    }
    let time = JSON.string(Moment(milliseconds: capturedAt).text)
    let link = JSON.string("\(base)/v2/payments/captures/\(id)")
    return value.adding("create_time", time).adding("update_time", time)
      .adding("links", [["href": link, "rel": "self", "method": "GET"]])
  }
}
