import Contract
import Money
import NIOCore
import Outside
import Runtime

/// AliExpress, one gateway per environment.
struct AliExpressSupplier: Supplier {
  let sandboxURL: String?
  let productionURL: String?
  let http: OutsideHTTP
  let bans: CallBans

  func isConfigured(for environment: Contract.Environment) -> Bool { url(environment) != nil }

  func account(
    of userID: Int64, in environment: Contract.Environment, with secrets: CredentialSecrets
  ) -> (any SupplierAccount)? {
    url(environment).map {
      AliExpressAccount(
        url: $0, name: "\(userID)@\(environment.word)", secrets: secrets, http: http, bans: bans,
        caller: Caller(
          environment: environment, appKey: secrets.appKey, userID: userID))
    }
  }

  func url(_ environment: Contract.Environment) -> String? {
    switch environment {
    case .sandbox: sandboxURL
    case .production: productionURL
    case .unspecified, .unrecognized: nil
    }
  }
}

/// AliExpress' dropshipping API with one reseller's tokens.
///
/// Calls are POSTs of a signed form to `/sync`. Source: AliExpress Open Platform, "HTTP request
/// sample" and the pages of the methods.
struct AliExpressAccount: SupplierAccount {
  static let provider = "aliexpress"

  let url: String
  /// For limits and logs; no secret.
  let name: String
  let secrets: CredentialSecrets
  let http: OutsideHTTP
  let bans: CallBans
  let caller: Caller

  func product(_ productID: String, shipTo country: String, in currency: Currency) async
    -> Reading<SupplierProduct>
  {
    let answer = await call(
      .product,
      [
        "product_id": productID, "ship_to_country": country, "target_currency": currency.code,
        "target_language": "en", "remove_personal_benefit": "true",
      ])
    return AliExpressReading.product(answer, currency: currency)
  }

  func deliveries(_ wish: DeliveryWish) async -> Reading<[Delivery]> {
    var query: [String: JSON] = [
      "quantity": .integer(Int64(wish.quantity)), "shipToCountry": .string(wish.shipTo.country),
      "productId": .number(wish.productID), "selectedSkuId": .string(wish.skuID),
      "language": "en_US", "locale": "en_US", "currency": .string(wish.currency.code),
    ]
    if !wish.shipTo.province.isEmpty { query["province"] = .string(wish.shipTo.province) }
    let answer = await call(.deliveries, ["queryDeliveryReq": JSON.object(query).serialized])
    return AliExpressReading.deliveries(answer, currency: wish.currency)
  }

  func place(_ request: OrderRequest) async -> Placing {
    guard let parameters = request.parameters else {
      preconditionFailure("a stored request is what this program wrote")
    }
    return AliExpressPlacing.read(await call(.place, parameters))
  }

  func order(_ supplierOrderID: String) async -> Reading<SupplierOrder> {
    let query: JSON = ["order_id": .number(supplierOrderID)]
    let answer = await call(.order, ["single_order_query": query.serialized])
    return AliExpressReading.order(answer, id: supplierOrderID)
  }

  func placingBan(now: Int64) -> (reason: PurchaseReason, seconds: Int)? {
    bans.ban(on: .place, by: caller, now: now).map {
      ($0.reason(now: now), $0.secondsLeft(now: now))
    }
  }

  func parcels(of supplierOrderID: String) async -> Reading<[Parcel]> {
    let answer = await call(
      .tracking, ["ae_order_id": supplierOrderID, "language": "en_US"])
    return AliExpressReading.parcels(answer, of: supplierOrderID)
  }

  private func call(_ method: AliExpressMethod, _ parameters: [String: String]) async
    -> AliExpressAnswer
  {
    let request = OutsideRequest(
      provider: Self.provider, account: name, method: method.rawValue,
      ratePerSecond: method.ratePerSecond, accountRatePerSecond: method.accountRatePerSecond,
      verb: .post, url: url + "/sync", headers: AliExpressForm.headers,
      body: ByteBuffer(string: form(method, parameters)), timeout: method.timeout)
    return await bans.respecting(method, by: caller) {
      let answer = AliExpressAnswer(await http.send(request), to: method)
      if case .error(let error) = answer, let seconds = CallBans.secondsToHold(error) {
        http.hold(request, for: .seconds(seconds))
      }
      return answer
    }
  }

  private func form(_ method: AliExpressMethod, _ parameters: [String: String]) -> String {
    var all = parameters
    all["method"] = method.rawValue
    all["access_token"] = secrets.accessToken.reveal { $0 }
    return AliExpressForm.signed(all, secrets.application)
  }
}
