/// What the supplier says about an order.
extension SupplierOrder {
  /// `aliexpress.trade.ds.order.get`.
  ///
  /// - Parameter isSingle: A list of one is answered as its element, as has been seen.
  func json(at now: Int64, isSingle: Bool, request: Int64) -> JSON {
    let amount: JSON = ["amount": .string(usd(total)), "currency_code": "USD"]
    let children = lines.map { json($0, at: now) }
    var result: JSON = [
      "gmt_create": .string(Moment(milliseconds: placedAt).pacific),
      "order_status": .string(status(at: now)),
      "logistics_status": .string(logisticsStatus(at: now)),
      "pay_timeout_second": .integer(payTimeoutSeconds), "order_amount": amount,
      "user_order_amount": amount,
      "child_order_list": [
        "aeop_child_order_info": isSingle && children.count == 1 ? children[0] : .array(children)
      ],
      "logistics_info_list": ["aeop_order_logistics_info": .array(logistics(at: now))],
      "store_info": [
        "store_id": .integer(abs(storeID)), "store_name": .string("Store \(abs(storeID))"),
        "store_url": "",
      ],
    ]
    if let paidAt, paidAt <= now {
      result = result.adding(
        "order_paidtime_string", .string(Moment(milliseconds: paidAt).pacificWithZone))
    }
    return [
      "aliexpress_trade_ds_order_get_response": [
        "result": result, "request_id": .string(requestID(request)),
      ]
    ]
  }

  private func logistics(at now: Int64) -> [JSON] {
    guard isShipped(at: now) else { return [] }
    return [
      [
        "logistics_no": .string(trackingNumber),
        "logistics_service": .string(lines.first?.freight.code ?? ""),
      ]
    ]
  }

  private func json(_ line: Line, at now: Int64) -> JSON {
    func money(_ cents: Int64) -> JSON { ["amount": .string(usd(cents)), "currency_code": "USD"] }
    let child: JSON = [
      "product_id": .number(line.productID), "sku_id": .string(line.skuID),
      "product_name": .string(line.title), "product_count": .integer(line.count),
      "product_price": money(line.price), "sale_fee": money(line.goods),
      "sale_discount_fee": money(0), "shipping_fee": money(line.shipping),
      "shipping_discount_fee": money(0), "actual_shipping_fee": money(line.shipping),
      "actual_fee": money(line.goods + line.shipping), "actual_tax_fee": money(line.taxes),
      "already_include_tax": .bool(line.tax == 0), "price_include_tax": .bool(line.tax == 0),
    ]
    return isCancelled(at: now) ? child.adding("end_reason", "CANCELED") : child
  }

  /// `aliexpress.ds.order.tracking.get`; nothing before the order is shipped.
  func trackingJSON(at now: Int64, request: Int64) -> JSON {
    var result: JSON = ["ret": false, "code": "1001", "msg": "TRACKING DATA NOT FOUND"]
    if let shippedAt, shippedAt <= now, let line = lines.first {
      var nodes: [JSON] = [
        [
          "time_stamp": .integer(shippedAt), "tracking_name": "Shipped",
          "tracking_detail_desc": "The parcel has left the seller",
        ]
      ]
      if let finishedAt, finishedAt <= now {
        // The newest comes first.
        nodes.insert(
          [
            "time_stamp": .integer(finishedAt), "tracking_name": "Delivered",
            "tracking_detail_desc": "The parcel was handed over",
          ], at: 0)
      }
      let detail: JSON = [
        "mail_no": .string(trackingNumber), "carrier_name": .string(line.freight.company),
        "eta_time_stamps": .integer(shippedAt + line.freight.days.upperBound * 86_400_000),
        "package_item_list": [
          "package_item": [
            [
              "item_id": .number(line.productID), "sku_id": .number(line.skuID),
              "sku_desc": "", "item_title": .string(line.title), "quantity": .integer(line.count),
            ]
          ]
        ],
        "detail_node_list": ["detail_node": .array(nodes)],
      ]
      result = [
        "ret": true, "code": "200", "msg": "Call succeeds",
        "data": ["tracking_detail_line_list": ["tracking_detail": [detail]]],
      ]
    }
    return [
      "aliexpress_ds_order_tracking_get_response": [
        "result": result, "request_id": .string(requestID(request)),
      ]
    ]
  }
}
