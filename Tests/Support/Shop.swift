public import Contract
public import RPC

/// A shop ready to sell: credentials, payout recipients, float and a listing in a running cluster.
///
/// Reseller 42 sells the sandbox's ceramic mug for 20.00 USD; it costs 8.00 USD landed.
public struct Shop: Sendable {
  public static let reseller: Int64 = 42
  public static let listing = "mug"
  public static let asOperator = CallOptions(timeout: .seconds(20)).acting("operator:test")

  public let cluster: Cluster

  /// Opens the shop.
  public init(in cluster: Cluster) async throws {
    self.cluster = cluster
    let options = Self.asOperator
    _ = try await cluster.credentials.putCredentials(Self.credentials(), options: options)
    for payee in ["admin", "reseller:\(Self.reseller)"] {
      let email = "\(payee.replacing(":", with: "-"))@example.com"
      _ = try await cluster.ledger.putPayoutRecipient(
        .init(payee: payee, environment: .sandbox, email: email), options: options)
    }
    _ = try await cluster.ledger.recordFunding(
      .init(
        fundingID: "float", environment: .sandbox, direction: .topUp,
        amount: .init(minorUnits: 10_000_000, currency: "USD"),
        occurredAt: Timestamp(milliseconds: 1_790_000_000_000)),
      options: options)
    _ = try await cluster.orders.putListing(Self.mug(), options: options)
  }

  /// The sandbox's credentials of the reseller.
  public static func credentials(accessToken: String = "sandbox-access-42")
    -> PutCredentialsRequest
  {
    PutCredentialsRequest(
      userID: reseller, api: "aliexpress-dropshipping", environment: .sandbox, appKey: "500001",
      appSecret: "sandbox-app-secret", accessToken: accessToken,
      refreshToken: "sandbox-refresh-42",
      accessTokenExpiresAt: Timestamp(milliseconds: 4_000_000_000_000),
      refreshTokenExpiresAt: Timestamp(milliseconds: 4_000_000_000_000), vendorAccountID: "")
  }

  /// The listing of the mug at a price in cents.
  public static func mug(
    _ id: String = listing, cents: Int64 = 2000, sku: String = "12000000000000001",
    userID: Int64 = reseller
  ) -> PutListingRequest {
    PutListingRequest(
      listingID: id, userID: userID, environment: .sandbox,
      productURL: "https://www.aliexpress.com/item/1005001000000001.html", skuID: sku,
      title: "Ceramic mug", price: .init(minorUnits: cents, currency: "USD"))
  }

  /// A complete address in the United States.
  public static let address = Address(
    fullName: "Ada Lovelace", phone: "+14155550100", line1: "1 Market Street", line2: "",
    city: "San Francisco", province: "California", postalCode: "94105", country: "US", taxID: "")

  /// Checks out one mug.
  @discardableResult
  public func checkout(
    _ orderID: String, listing: String = listing, quantity: Int32 = 1, shipTo: Address = address
  ) async throws -> Contract.Order {
    try await cluster.orders.createCheckout(
      .init(
        orderID: orderID, listingID: listing, quantity: quantity, shipTo: shipTo,
        returnURL: "", cancelURL: ""),
      options: Self.asOperator)
  }

  /// Captures the buyer's payment.
  @discardableResult
  public func capture(_ orderID: String) async throws -> Contract.Order {
    try await cluster.orders.captureOrder(
      .init(orderID: orderID, paypalOrderID: ""), options: Self.asOperator)
  }

  /// Checks out and captures, again and again until the order is past the payment, whatever dies
  /// in between.
  public func sell(_ orderID: String, listing: String = listing) async throws {
    _ = try await eventually("order \(orderID) is captured", within: .seconds(60)) {
      () -> Bool? in
      do {
        try await checkout(orderID, listing: listing)
        let order = try await capture(orderID)
        return [.awaitingPayment, .capturing].contains(order.state) ? nil : true
      } catch let error as RPCError where error.mayBeTriedAgain {
        return nil
      }
    }
  }

  /// The order as it is now.
  public func order(_ orderID: String) async throws -> Contract.Order {
    try await cluster.orders.getOrder(.init(orderID: orderID), options: Self.asOperator)
  }

  /// Both payouts of an order.
  public func payouts(_ orderID: String) async throws -> [Payout] {
    try await cluster.ledger.listPayouts(
      .init(payee: "", orderID: orderID, state: .unspecified, pageSize: 10, pageToken: ""),
      options: Self.asOperator
    ).payouts
  }

  /// Waits until the order is purchased, its sale booked and both payouts are paid.
  @discardableResult
  public func finished(_ orderID: String, within timeout: Duration = .seconds(60)) async throws
    -> Contract.Order
  {
    let order = try await eventually("order \(orderID) is purchased and booked", within: timeout) {
      () -> Contract.Order? in
      let order = try? await self.order(orderID)
      return order?.isSaleBooked == true && order?.state == .purchased ? order : nil
    }
    _ = try await eventually("both payouts of \(orderID) are paid", within: timeout) {
      let payouts = try? await payouts(orderID)
      return payouts?.count == 2 && payouts?.allSatisfy { $0.state == .paid } == true ? true : nil
    }
    return order
  }
}

extension CallOptions {
  /// These options with the acting person set.
  public func acting(_ actor: String) -> CallOptions {
    var options = self
    options.metadata["dropwire-actor"] = actor
    return options
  }
}

extension RPCError {
  /// Whether the same request with the same id is the right answer to it.
  public var mayBeTriedAgain: Bool {
    [.unavailable, .deadlineExceeded, .cancelled].contains(code)
  }
}
