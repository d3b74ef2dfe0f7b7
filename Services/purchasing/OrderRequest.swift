import Contract
import Money
import Outside

/// The parameters of `aliexpress.ds.order.create` as they are sent, and sent again by a lookup.
///
/// **Invariant:** its text is stored before the first sending; a repeat sends the same bytes.
struct OrderRequest: Hashable, Sendable {
  /// Parameters and their values, as one JSON object.
  let text: String

  init(text: String) { self.text = text }

  init(_ content: PurchaseContent, _ quote: PurchaseRules.Quote) {
    var item: [String: JSON] = [
      "product_id": .number(content.productID), "product_count": .integer(Int64(content.quantity)),
      "logistics_service_name": .string(quote.deliveryCode),
    ]
    if !quote.skuAttributes.isEmpty { item["sku_attr"] = .string(quote.skuAttributes) }
    let order: JSON = [
      "out_order_id": .string(content.key),
      "logistics_address": .object(Self.address(content.shipTo)),
      "product_items": [.object(item)],
    ]
    var extra: [String: JSON] = [
      "payment": [
        "pay_currency": .string(PurchaseRules.payCurrency.code), "try_to_pay": "true",
      ]
    ]
    if content.shipTo.country == "SA", !content.shipTo.taxID.isEmpty {
      // The kingdom's national address, which has no field among the others.
      extra["trade_extra_param"] = ["nat_addr": .string(content.shipTo.taxID)]
    }
    let parameters: JSON = [
      "param_place_order_request4_open_api_d_t_o": .string(order.serialized),
      "ds_extend_request": .string(JSON.object(extra).serialized),
    ]
    text = parameters.serialized
  }

  /// Nil when the text is not what this type wrote.
  var parameters: [String: String]? {
    guard case .object(let members)? = try? JSON(parsing: text) else { return nil }
    return members.compactMapValues(\.text)
  }

  /// The fields of the vendor's address, without empty ones: an empty parameter may be signed or
  /// not, nobody knows.
  private static func address(_ address: Address) -> [String: JSON] {
    let phone = CallingCode.split(address.phone, country: address.country)
    var fields = [
      "full_name": address.fullName, "contact_person": address.fullName,
      "address": address.line1, "address2": address.line2, "city": address.city,
      "province": address.province.isEmpty ? address.city : address.province,
      "zip": address.postalCode, "country": address.country, "mobile_no": phone.number,
      "phone_country": phone.code, "locale": "en_US",
    ]
    switch address.country {
    case "BR": fields["cpf"] = address.taxID
    case "AR", "IL":
      fields["passport_no"] = address.taxID
      fields["foreigner_passport_no"] = address.taxID
      fields["is_foreigner"] = "false"
    case "SA": break
    case "CL": fields["rut_no"] = address.taxID
    default: fields["tax_number"] = address.taxID
    }
    return fields.filter { !$0.value.isEmpty }.mapValues { .string($0) }
  }
}

/// Splits a phone number into the country's part and the rest, as AliExpress wants it.
enum CallingCode {
  static func split(_ phone: String, country: String) -> (code: String, number: String) {
    let digits = String(phone.filter { ("0"..."9").contains($0) })
    guard phone.hasPrefix("+"), let code = codes[country], digits.hasPrefix(code) else {
      return ("", digits)
    }
    return ("+" + code, String(digits.dropFirst(code.count)))
  }

  /// Countries that AliExpress delivers to, with their calling codes (ITU-T E.164).
  private static let codes: [String: String] = [
    "US": "1", "CA": "1", "PR": "1", "RU": "7", "KZ": "7", "EG": "20", "ZA": "27", "GR": "30",
    "NL": "31", "BE": "32", "FR": "33", "ES": "34", "HU": "36", "IT": "39", "RO": "40", "CH": "41",
    "AT": "43", "GB": "44", "UK": "44", "DK": "45", "SE": "46", "NO": "47", "PL": "48", "DE": "49",
    "PE": "51", "MX": "52", "AR": "54", "BR": "55", "CL": "56", "CO": "57", "MY": "60", "AU": "61",
    "ID": "62", "PH": "63", "NZ": "64", "SG": "65", "TH": "66", "JP": "81", "KR": "82", "VN": "84",
    "TR": "90", "IN": "91", "PK": "92", "LK": "94", "MA": "212", "DZ": "213", "NG": "234",
    "KE": "254", "PT": "351", "LU": "352", "IE": "353", "IS": "354", "MT": "356", "CY": "357",
    "FI": "358", "BG": "359", "LT": "370", "LV": "371", "EE": "372", "UA": "380", "RS": "381",
    "HR": "385", "SI": "386", "CZ": "420", "SK": "421", "EC": "593", "UY": "598", "SA": "966",
    "AE": "971", "IL": "972", "QA": "974",
  ]
}
