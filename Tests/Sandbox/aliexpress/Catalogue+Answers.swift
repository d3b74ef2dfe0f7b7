/// What the supplier says about its products and how they can be sent.
extension Catalogue {
  /// `aliexpress.ds.product.get`.
  func productAnswer(_ id: String, to country: String, request: Int64) -> JSON {
    guard let product = product(id) else {
      return productEnvelope(nil, code: 605, "ITEM_ID_NOT_FOUND", request)
    }
    guard
      product.freight.isEmpty || product.freight.contains(where: { $0.countries.contains(country) })
    else { return productEnvelope(nil, code: 602, "Item is not allowed to this country", request) }
    let result: JSON = [
      "ae_item_base_info_dto": [
        "product_id": .number(product.id), "subject": .string(product.title),
        "product_status_type": .string(product.isOnSale ? "onSelling" : "offline"),
        "category_id": 200_002_101, "currency_code": "CNY", "avg_evaluation_rating": "4.8",
        "evaluation_count": "120", "sales_count": "900",
      ],
      "ae_item_sku_info_dtos": [
        "ae_item_sku_info_d_t_o": .array(product.skus.map { $0.json })
      ],
      "ae_multimedia_info_dto": ["image_urls": ""],
      "package_info_dto": [
        "package_length": 20, "package_width": 15, "package_height": 15, "gross_weight": "0.450",
        "base_unit": false, "product_unit": 100_000_015,
      ],
      "logistics_info_dto": ["delivery_time": 7, "ship_to_country": .string(country)],
      "ae_store_info": [
        "store_id": .integer(product.storeID), "store_name": .string("Store \(product.storeID)"),
        "store_country_code": "CN",
      ],
    ]
    return productEnvelope(result, code: 200, "Call succeeds", request)
  }

  private func productEnvelope(_ result: JSON?, code: Int64, _ message: String, _ request: Int64)
    -> JSON
  {
    var envelope: JSON = [
      "rsp_code": .integer(code), "rsp_msg": .string(message),
      "request_id": .string(requestID(request)), "_trace_id_": .string(requestID(request)),
    ]
    if let result { envelope = envelope.adding("result", result) }
    return ["aliexpress_ds_product_get_response": envelope]
  }

  /// `aliexpress.ds.freight.query`.
  func freightAnswer(_ query: FreightQuery, request: Int64) -> JSON {
    guard let product = product(query.productID),
      let sku = product.skus.first(where: { $0.id == query.skuID })
    else { return freightEnvelope(nil, code: 501, "DELIVERY_INFO_EMPTY", request) }
    let options = product.freight.filter { $0.countries.contains(query.country) }
    guard !options.isEmpty else {
      return freightEnvelope(nil, code: 505, "DELIVERY_NOT_AVAILABLE_TO_YOUR_ADDRESS", request)
    }
    return freightEnvelope(
      options.map { $0.json(stock: sku.stock) }, code: 200, "Call succeeds", request)
  }

  private func freightEnvelope(_ options: [JSON]?, code: Int64, _ message: String, _ request: Int64)
    -> JSON
  {
    var result: JSON = [
      "success": .bool(options != nil), "code": .integer(code), "msg": .string(message),
    ]
    if let options {
      result = result.adding(
        "delivery_options", ["delivery_option_d_t_o": .array(options)])
    }
    return [
      "aliexpress_ds_freight_query_response": [
        "result": result, "request_id": .string(requestID(request)),
      ]
    ]
  }
}

extension SKU {
  fileprivate var json: JSON {
    let properties: [JSON] = attributes.split(separator: ";").map { property in
      let halves = property.split(separator: "#", maxSplits: 1)
      let ids = halves.first?.split(separator: ":") ?? []
      return [
        "sku_property_id": .number(String(ids.first ?? "0")),
        "property_value_id": .number(String(ids.last ?? "0")), "sku_property_name": "Variant",
        "sku_property_value": .string(String(halves.last ?? "")),
      ]
    }
    return [
      "sku_id": .string(id), "id": .string(attributes), "sku_attr": .string(attributes),
      "sku_price": .string(usd(price + price / 4)), "offer_sale_price": .string(usd(price)),
      "offer_bulk_sale_price": .string(usd(price)), "currency_code": "USD",
      "sku_available_stock": .integer(stock), "price_include_tax": .bool(tax == 0),
      "tax_amount": .string(usd(tax)), "tax_currency_code": "USD",
      "estimated_import_charges": tax == 0 ? "" : .string(usd(tax)),
      "ae_sku_property_dtos": ["ae_sku_property_d_t_o": .array(properties)],
    ]
  }
}

extension FreightOption {
  fileprivate func json(stock: Int64) -> JSON {
    [
      "code": .string(code), "company": .string(company), "shipping_fee_currency": "USD",
      "shipping_fee_cent": .string(usd(fee)), "shipping_fee_format": .string("US $" + usd(fee)),
      "free_shipping": .bool(fee == 0), "mayHavePFS": false,
      "min_delivery_days": .integer(days.lowerBound),
      "max_delivery_days": .integer(days.upperBound),
      "guaranteed_delivery_days": .string(String(days.upperBound)), "tracking": .bool(isTracked),
      "ship_from_country": "CN", "available_stock": .string(String(stock)),
      "ddpIncludeVATTax": false,
    ]
  }
}
