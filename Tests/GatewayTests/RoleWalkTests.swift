import Contract
import Foundation
import Runtime
import Support
import Testing

@testable import Gateway

/// Every route, asked by everyone: nobody without a token, the reseller whose rows they are, another
/// reseller, an administrator.
///
/// **Invariant:** a route that is missing here fails the test, so that none is added without saying
/// who may what.
@Suite(.serialized) struct RoleWalkTests {
  /// Whose business a route is.
  enum Business: Sendable {
    /// One row, its owner's and the platform's.
    case row
    /// Rows: each reseller sees his own, and another's are refused when he names him.
    case rows(naming: String)
    /// The platform's alone.
    case platform
    /// Anybody's; the status for everyone.
    case everyone(Int)
  }

  struct Step: Sendable {
    let business: Business
    var path: String
    var body: String?
  }

  private static let mug =
    #"{"userId":"42","environment":"ENVIRONMENT_SANDBOX","title":"Mug","skuId":"12000000000000001","#
    + #""productUrl":"https://www.aliexpress.com/item/1005001000000001.html","#
    + #""price":{"minorUnits":"2000","currency":"USD"}}"#
  private static let keys =
    #"{"userId":"42","appKey":"500001","appSecret":"sandbox-app-secret","#
    + #""accessToken":"sandbox-access-42","refreshToken":"sandbox-refresh-42"}"#
  private static let api = "/api/credentials/aliexpress-dropshipping"

  /// By the route's name.
  static let steps: [String: Step] = [
    "createOrder": Step(
      business: .row, path: "/api/paypal/create-order", body: GatewayUnderTest.checkout("o-1")),
    "captureOrder": Step(
      business: .row, path: "/api/paypal/capture-order", body: #"{"orderId":"o-1"}"#),
    "takePayPalEvent": Step(business: .everyone(501), path: "/api/paypal/webhook", body: "{}"),
    "takeAliExpressPush": Step(business: .everyone(501), path: "/api/aliexpress/push", body: "{}"),
    "listOrders": Step(business: .rows(naming: "userId=42"), path: "/api/orders"),
    "watchOrders": Step(business: .row, path: "/api/events?orderId=o-1"),
    "getOrder": Step(business: .row, path: "/api/orders/o-1"),
    "getOrderHistory": Step(business: .row, path: "/api/orders/o-1/history"),
    "getPurchase": Step(business: .row, path: "/api/orders/o-1/purchase"),
    "getTracking": Step(business: .row, path: "/api/orders/o-1/tracking"),
    "retryOrder": Step(business: .row, path: "/api/orders/o-1/retry", body: "{}"),
    "markPurchased": Step(
      business: .platform, path: "/api/orders/o-1/mark-purchased",
      body: #"{"supplierOrderIds":["1"],"fundedBy":"platform"}"#),
    "attestNotPlaced": Step(
      business: .platform, path: "/api/orders/o-1/attest-not-placed", body: #"{"evidence":"x"}"#),
    "submitTracking": Step(
      business: .row, path: "/api/orders/o-1/tracking",
      body: #"{"carrier":"USPS","trackingNumber":"9400"}"#),
    "cancelOrder": Step(business: .row, path: "/api/orders/o-1/cancel", body: "{}"),
    "listListings": Step(business: .rows(naming: "userId=42"), path: "/api/listings"),
    "getListing": Step(business: .row, path: "/api/listings/mug"),
    "putListing": Step(business: .row, path: "/api/listings/mug", body: mug),
    "listSales": Step(business: .rows(naming: "userId=42"), path: "/api/sales"),
    "getSale": Step(business: .row, path: "/api/sales/o-1"),
    "setCommissionRate": Step(
      business: .platform, path: "/api/commission-rate", body: #"{"userId":"42","rateBps":1000}"#),
    "getBalance": Step(business: .row, path: "/api/balance?account=reseller:42"),
    "getStatement": Step(business: .row, path: "/api/statement?account=reseller:42"),
    "getTrialBalance": Step(business: .platform, path: "/api/trial-balance"),
    "listPayouts": Step(business: .rows(naming: "payee=reseller:42"), path: "/api/payouts"),
    "getPayout": Step(business: .row, path: "/api/payouts/o-1%2Freseller"),
    "requestPayout": Step(
      business: .row, path: "/api/payouts",
      body:
        #"{"payoutId":"p-1","payee":"reseller:42","amount":{"minorUnits":"1","currency":"USD"}}"#),
    "retryPayout": Step(business: .platform, path: "/api/payouts/o-1%2Freseller/retry"),
    "attestPayout": Step(
      business: .platform, path: "/api/payouts/o-1%2Freseller/attest",
      body: #"{"finding":"PAYOUT_FINDING_PAID","evidence":"x"}"#),
    "listPayoutRecipients": Step(
      business: .row, path: "/api/payout-recipients/reseller:42"),
    "putPayoutRecipient": Step(
      business: .row, path: "/api/payout-recipients/reseller:42",
      body: #"{"email":"42@example.com"}"#),
    "verifyPayoutRecipient": Step(
      business: .platform, path: "/api/payout-recipients/reseller:42/verify",
      body: #"{"version":1,"evidence":"x"}"#),
    "getCredentialStatus": Step(business: .row, path: "\(api)?userId=42"),
    "putCredentials": Step(business: .row, path: api, body: keys),
    "getCredentialHistory": Step(business: .row, path: "\(api)/history?userId=42"),
    "beginAuthorization": Step(
      business: .row, path: "/api/marketplace/auth-url/aliexpress-dropshipping?userId=42"),
    "completeAuthorization": Step(
      business: .everyone(401), path: "/api/marketplace-oauth/callback?code=1&state=2"),
    "deleteCredentials": Step(business: .row, path: "\(api)?userId=42"),
    "getMetrics": Step(business: .platform, path: "/metrics"),
    "getInterface": Step(business: .everyone(200), path: "/api/openapi.json"),
    "getHealth": Step(business: .everyone(200), path: "/api/health"),
  ]

  @Test func `nobody sees or touches what is another's`() async throws {
    #expect(Set(Self.steps.keys) == Set(Routes.all.map(\.name)))
    // Where the tests can become another user, the gateway has no more than its role in the services.
    let user = OtherUser.areAvailable ? OtherUser(61_002) : nil
    let policy = [
      "DROPWIRE_PEERS": "uid:0=developer, uid:61002=gateway", "DROPWIRE_SOCKET_MODE": "0666",
    ]
    try await GatewayUnderTest.with(
      clusterEnvironment: user == nil ? [:] : policy, as: user
    ) { gateway in
      let shop = try await Shop(in: gateway.cluster)
      try await shop.sell("o-1")
      try await shop.finished("o-1")
      for route in Routes.all {
        guard let step = Self.steps[route.name] else { continue }
        for actor in [nil, Actor.reseller(43), .reseller(42), .admin(7)] {
          try await walk(gateway, route, step, actor)
        }
      }
      try await shop.expectUntouched("o-1")
    }
  }

  private func walk(
    _ gateway: GatewayUnderTest, _ route: Route, _ step: Step, _ actor: Actor?
  ) async throws {
    let status = try await gateway.status(route.verb.rawValue, step.path, actor, step.body)
    let who = "\(route.name) as \(actor?.description ?? "nobody"): \(status)"
    guard route.audience == .people else {
      if case .everyone(let due) = step.business { #expect(status == due, "\(who)") }
      return
    }
    let isPassed = ![401, 403, 404].contains(status) && status < 500
    switch (actor, step.business) {
    case (nil, _): #expect(status == 401, "\(who)")
    case (.admin, _), (.system, _), (.operator, _): #expect(isPassed, "\(who)")
    case (.reseller, .platform): #expect(status == 403, "\(who)")
    case (.reseller(42), _): #expect(isPassed, "\(who)")
    case (_, .row): #expect(status == 403, "\(who)")
    case (_, .rows(let naming)):
      let own = try await gateway.send(route.verb.rawValue, step.path, as: actor)
      #expect(own.status == 200 && own.body == "{}", "\(who) \(own.body)")
      let named = try await gateway.send(
        route.verb.rawValue, "\(step.path)?\(naming)", as: actor)
      #expect(named.status == 403, "\(who) naming another: \(named.status)")
    case (_, .everyone): Issue.record("\(who): a route for people is everyone's")
    }
  }
}

extension GatewayUnderTest {
  /// Only the status, since live updates do not end.
  fileprivate func status(_ method: String, _ path: String, _ actor: Actor?, _ body: String?)
    async throws -> Int
  {
    let request = try await request(method, path, as: actor, body: body)
    return try await execute(request)
  }
}

extension Shop {
  /// The walk changed nothing of the order but its tracking.
  fileprivate func expectUntouched(_ orderID: String) async throws {
    let order = try await order(orderID)
    #expect([.purchased, .shipped].contains(order.state), "\(order.state)")
    #expect(order.isSaleBooked)
  }
}
