import Contract
import Support

/// The shops of a run: resellers with credentials and recipients, what they sell, and the float.
struct Market: Sendable {
  /// What the PayPal account holds at the start, in cents; the books know it as funding.
  static let floatCents: Int64 = 10_000_000
  static let api = "aliexpress-dropshipping"
  static let callback = "http://localhost/callback"
  static let options = Shop.asOperator
  /// Out of stock.
  private static let goneSKU = "12000000000000002"

  let cluster: Cluster
  let shop: Shop

  init(in cluster: Cluster) async throws {
    self.cluster = cluster
    try await cluster.sandbox.settings(["paypalBalance": Self.floatCents])
    shop = try await Shop(in: cluster)
    _ = try await cluster.orders.putListing(
      Shop.mug("house", userID: 0), options: Self.options)
    for reseller in Scenario.resellers {
      _ = try await cluster.credentials.putCredentials(
        Self.credentials(of: reseller), options: Self.options)
      _ = try await cluster.ledger.putPayoutRecipient(
        .init(
          payee: "reseller:\(reseller)", environment: .sandbox,
          email: "reseller-\(reseller)@example.com"), options: Self.options)
      for (name, sku) in [("mug", "12000000000000001"), ("gone", Self.goneSKU)] {
        _ = try await cluster.orders.putListing(
          Shop.mug("\(name)-\(reseller)", sku: sku, userID: reseller), options: Self.options)
      }
    }
  }

  /// What a service of a run is started with besides the usual.
  func environment(of service: Cluster.ServiceName) -> [String: String] {
    Self.environment(of: service, in: cluster)
  }

  static func environment(of service: Cluster.ServiceName, in cluster: Cluster) -> [String: String]
  {
    service == .purchasing ? cluster.shopSettings : [:]
  }

  private static func credentials(of reseller: Int64) -> PutCredentialsRequest {
    var request = Shop.credentials(accessToken: "sandbox-access-\(reseller)")
    request.userID = reseller
    request.refreshToken = "sandbox-refresh-\(reseller)"
    return request
  }

  /// What a reseller is asked to do when his credentials are no good any more. Others of his orders may
  /// have made him do it already.
  func authorizeIfNeeded(_ reseller: Int64, _ notes: Notes) async throws {
    let status = try await cluster.credentials.getCredentialStatus(
      .init(userID: reseller, api: Self.api, environment: .sandbox), options: Self.options)
    if [.valid, .expiring].contains(status.state) { return }
    notes.did("CompleteAuthorization")
    try await authorize(reseller)
  }

  /// Lets a reseller consent anew, as he must when his tokens are lost or withdrawn.
  func authorize(_ reseller: Int64) async throws {
    let begun = try await cluster.credentials.beginAuthorization(
      .init(userID: reseller, api: Self.api, environment: .sandbox), options: Self.options)
    let target = try await cluster.sandbox.consent(at: begun.authorizeURL, account: "\(reseller)")
    guard let match = target.firstMatch(of: #/code=([^&]+)&state=/#) else { return }
    _ = try await cluster.credentials.completeAuthorization(
      .init(state: begun.state, code: String(match.1)), options: Self.options)
  }
}
