import Contract
import Money
import Outside

/// The door to the supplier.
protocol Supplier: TokenSource {
  /// The supplier as one reseller sees it; nil where the environment has none.
  ///
  /// Made anew for each use: nobody else's tokens are ever within its reach.
  func account(
    of userID: Int64, in environment: Contract.Environment, with secrets: CredentialSecrets
  ) -> (any SupplierAccount)?

  /// Whether the environment has a supplier at all.
  func isConfigured(for environment: Contract.Environment) -> Bool
}

/// The supplier's methods for one reseller.
///
/// The readings may be repeated at will. `place` may not: see `Placing`.
protocol SupplierAccount: Sendable {
  func product(_ productID: String, shipTo country: String, in currency: Currency) async
    -> Reading<SupplierProduct>
  func deliveries(_ wish: DeliveryWish) async -> Reading<[Delivery]>
  func place(_ request: OrderRequest) async -> Placing
  func order(_ supplierOrderID: String) async -> Reading<SupplierOrder>
  /// Why nothing can be placed at present, and for how many seconds; nil when it can be.
  func placingBan(now: Int64) -> (reason: PurchaseReason, seconds: Int)?
  /// The parcels of a supplier's order; none before it is shipped.
  func parcels(of supplierOrderID: String) async -> Reading<[Parcel]>
}

/// What became of a question that changes nothing.
enum Reading<Value: Sendable>: Sendable {
  case value(Value)
  /// The answer is no, and will be no again.
  case refused(PurchaseReason)
  /// No answer for a passing reason.
  case later(PurchaseReason, retryAfterSeconds: Int?)
}

extension Reading: Equatable where Value: Equatable {}

/// What became of placing an order.
enum Placing: Hashable, Sendable {
  /// One request may become several supplier orders. `paymentProblem` is empty when there is none.
  case placed(ids: [String], paymentProblem: String)
  /// Certainly not placed by this call. `provesAbsence`: neither by an earlier one under the same
  /// key, given a supplier that compares keys first.
  case refused(PurchaseReason, isDoubtful: Bool, provesAbsence: Bool)
  /// Certainly not taken, for a passing reason.
  case notAccepted(PurchaseReason, retryAfterSeconds: Int?)
  /// Nobody knows. `isRepeated`: the supplier has an order under this key and does not say which.
  case unknown(PurchaseReason, isRepeated: Bool)
}

/// A product with the prices for one destination.
struct SupplierProduct: Hashable, Sendable {
  struct SKU: Hashable, Sendable {
    let skuID: String
    /// How the variant is named when it is ordered (`sku_attr`); empty for a single variant.
    let attributes: String
    /// Nil when it cannot be read.
    let price: Amount?
    /// The price above the promotion's limit.
    let listPrice: Amount?
    /// Tax and import charges that come on top, per piece; nil when they cannot be read.
    let taxOnTop: Amount?
    let stock: Int64
    /// Most pieces at `price`; nil without a limit.
    let limit: Int64?
    /// Above the limit nothing is sold, rather than at the list price.
    let isLimitStrict: Bool
  }

  /// The supplier's word; `onSelling` when it can be bought.
  let status: String
  let skus: [SKU]
}

/// What a delivery is asked for.
struct DeliveryWish: Hashable, Sendable {
  let productID: String
  let skuID: String
  let quantity: Int
  let shipTo: Address
  let currency: Currency
}

/// A way of delivery on offer.
struct Delivery: Hashable, Sendable {
  /// What it is ordered by (`logistics_service_name`).
  let code: String
  /// Nil when it cannot be read.
  let fee: Amount?
  let isTracked: Bool
}

/// An order at the supplier.
struct SupplierOrder: Hashable, Sendable {
  let id: String
  /// The supplier's word, such as `WAIT_SELLER_SEND_GOODS`.
  let status: String
  /// Every line of it ended cancelled.
  let isCancelled: Bool
  /// What was charged; nil when it cannot be read.
  let amount: Amount?
  /// Nil when the parts are not known or do not add up.
  let parts: Cost.Parts?
  /// Seconds from the placing until the unpaid order lapses; nil when it is not said.
  let payTimeoutSeconds: Int64?
  /// What was ordered; empty when it cannot be read.
  var productIDs: [String] = []
  var lines: [Line] = []
  /// The parcel's number, where the order itself shows one; empty elsewhere.
  var trackingNumber = ""
  /// Where it goes, as far as it is told; nil when nothing is.
  var destination: Destination?

  struct Line: Hashable, Sendable {
    let productID: String
    /// Empty when it is not said.
    let skuID: String
    let count: Int64
  }
}
