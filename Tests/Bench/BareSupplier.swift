import AsyncHTTPClient
import Crypto
import Foundation
import NIOCore
import NIOHTTP1

/// The supplier's API as a client without memory uses it: product, delivery, order, and whether it is
/// paid, one after the other.
struct BareSupplier: Sendable {
  struct Refused: Error, CustomStringConvertible {
    let description: String
  }

  static let productID = "1005001000000001"
  static let skuID = "12000000000000001"
  private static let delivery: [String: String] = [
    "quantity": "1", "shipToCountry": "US", "productId": productID, "selectedSkuId": skuID,
    "language": "en_US", "locale": "en_US", "currency": "USD", "province": "California",
  ]
  private static let address = [
    "full_name": "Ada Lovelace", "contact_person": "Ada Lovelace", "address": "1 Market Street",
    "city": "San Francisco", "province": "California", "zip": "94105", "country": "US",
    "mobile_no": "4155550100", "phone_country": "+1", "locale": "en_US",
  ]

  let url: String

  func buy(_ key: String) async throws {
    _ = try await call(
      "aliexpress.ds.product.get",
      [
        "product_id": Self.productID, "ship_to_country": "US", "target_currency": "USD",
        "target_language": "en",
      ])
    let delivery = try Self.json(Self.delivery)
    _ = try await call("aliexpress.ds.freight.query", ["queryDeliveryReq": delivery])
    let order: [String: Any] = [
      "out_order_id": key, "logistics_address": Self.address,
      "product_items": [
        ["product_id": Self.productID, "product_count": "1", "sku_attr": "14:29"]
      ],
    ]
    let payment = ["payment": ["pay_currency": "USD", "try_to_pay": "true"]]
    let placed = try await call(
      "aliexpress.ds.order.create",
      [
        "param_place_order_request4_open_api_d_t_o": try Self.json(order),
        "ds_extend_request": try Self.json(payment),
      ])
    guard let match = placed.firstMatch(of: #/"number":\[([0-9]+)\]/#) else {
      throw Refused(description: "the supplier answered \(placed)")
    }
    _ = try await call(
      "aliexpress.trade.ds.order.get", ["single_order_query": "{\"order_id\":\(match.1)}"])
  }

  private static func json(_ value: Any) throws -> String {
    String(decoding: try JSONSerialization.data(withJSONObject: value), as: UTF8.self)
  }

  private func call(_ method: String, _ parameters: [String: String]) async throws -> String {
    var all = parameters
    all["method"] = method
    all["access_token"] = "sandbox-access-42"
    all["app_key"] = "500001"
    all["timestamp"] = String(Int64(Date().timeIntervalSince1970 * 1000))
    all["sign_method"] = "sha256"
    all["format"] = "json"
    all["sign"] = Self.signature(all)
    var request = HTTPClientRequest(url: url)
    request.method = .POST
    request.headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
    request.body = .bytes(ByteBuffer(string: Self.form(all)))
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
    let text = String(buffer: try await response.body.collect(upTo: 1 << 20))
    guard response.status == .ok, !text.contains("error_response") else {
      throw Refused(description: "\(method): \(response.status) \(text)")
    }
    return text
  }

  private static func signature(_ parameters: [String: String]) -> String {
    let text = parameters.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      .map { $0.key + $0.value }.joined()
    let code = HMAC<SHA256>.authenticationCode(
      for: Data(text.utf8), using: SymmetricKey(data: Data("sandbox-app-secret".utf8)))
    return code.map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }.joined()
  }

  private static func form(_ parameters: [String: String]) -> String {
    let plain = CharacterSet(
      charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
    return parameters.map { name, value in
      "\(name)=\(value.addingPercentEncoding(withAllowedCharacters: plain) ?? "")"
    }.joined(separator: "&")
  }
}
