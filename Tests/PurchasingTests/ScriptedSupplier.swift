import Contract
import Money
import Outside
import Synchronization

@testable import Purchasing

/// A supplier that does as it is told and knows what it really took.
final class ScriptedSupplier: Supplier {
  /// What becomes of one placing.
  enum Answer: Sendable {
    case place
    /// It is taken, but the answer is lost.
    case placeInSilence
    /// Nothing arrives there, and nobody here knows.
    case vanish
    case answer(Placing)
  }

  /// How a second request under a key is treated.
  enum Repeats: Sendable {
    case firstIDs, error
  }

  struct Taken: Sendable {
    let id: String
    let account: String
    let request: String
  }

  struct State {
    var environments: Set<Contract.Environment> = [.sandbox, .production]
    var answers: [Answer] = []
    var repeats = Repeats.firstIDs
    var taken: [String: Taken] = [:]
    /// Placings in the order in which they were asked for: the whole requests.
    var requests: [String] = []
    var questions = 0
    var statuses: [String] = []
    var status = "WAIT_SELLER_SEND_GOODS"
    var products = ["1005001000000001"]
    var count: Int64 = 1
    var destination: Destination?
    var orderReading: Reading<SupplierOrder>?
    var parcels: [Parcel] = []
    var productReadings: [Reading<SupplierProduct>] = []
    var product = ScriptedSupplier.mug
    var deliveries = ScriptedSupplier.ways
    var tokens: [String] = []
    var office = ScriptedTokens()
    /// Seconds for which nothing can be placed.
    var placingBan: Int?
  }

  let state = Mutex(State())

  func script(_ answers: Answer...) { state.withLock { $0.answers += answers } }
  func change(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }

  /// Keys in the order in which they were sent, with repeats.
  var sent: [String] {
    state.withLock { $0.requests.compactMap { Self.key(of: $0) } }
  }
  /// What was really taken.
  var taken: [String: Taken] { state.withLock { $0.taken } }

  static func usd(_ cents: Int64) -> Amount { Amount(minorUnits: cents, currency: .usd) }

  static func sku(_ id: String, stock: Int64 = 100, price: Int64? = 650) -> SupplierProduct.SKU {
    SupplierProduct.SKU(
      skuID: id, attributes: "14:29#White", price: price.map { usd($0) },
      listPrice: price.map { usd($0 * 2) }, taxOnTop: usd(0), stock: stock, limit: nil,
      isLimitStrict: true)
  }

  static let mug = SupplierProduct(
    status: "onSelling",
    skus: [sku("12000000000000001"), sku("12000000000000002", stock: 0)])
  static let soldOut = SupplierProduct(
    status: "onSelling", skus: [sku("12000000000000001", stock: 0)])
  static let ways = [
    Delivery(code: "UNTRACKED", fee: usd(99), isTracked: false),
    Delivery(code: "STANDARD", fee: usd(150), isTracked: true),
    Delivery(code: "EXPRESS", fee: usd(1890), isTracked: true),
  ]

  func isConfigured(for environment: Contract.Environment) -> Bool {
    state.withLock { $0.environments.contains(environment) }
  }

  func account(
    of userID: Int64, in environment: Contract.Environment, with secrets: CredentialSecrets
  ) -> (any SupplierAccount)? {
    let token = secrets.accessToken.reveal { $0 }
    state.withLock { $0.tokens.append(token) }
    return Account(supplier: self, token: token)
  }

  /// The `out_order_id` of a request.
  static func key(of request: String) -> String? {
    guard let parameters = OrderRequest(text: request).parameters,
      let text = parameters["param_place_order_request4_open_api_d_t_o"]
    else { return nil }
    return (try? JSON(parsing: text))?["out_order_id"]?.text
  }

  fileprivate func place(_ request: OrderRequest, token: String) -> Placing {
    state.withLock { state in
      state.requests.append(request.text)
      if let refusal = state.office.refusal(of: token) { return refusal.placing }
      let answer = state.answers.isEmpty ? .place : state.answers.removeFirst()
      switch answer {
      case .answer(let placing): return placing
      case .vanish: return Self.lost
      case .place, .placeInSilence: break
      }
      guard let key = Self.key(of: request.text) else { return Self.lost }
      if let first = state.taken[key] {
        if case .placeInSilence = answer { return Self.lost }
        switch state.repeats {
        case .firstIDs: return .placed(ids: [first.id], paymentProblem: "")
        case .error:
          return ReasonCatalogue.entry("REPEATED_ORDER_ERROR")?.placing("handled before")
            ?? Self.lost
        }
      }
      let id = "80000000000000\(10 + state.taken.count)"
      state.taken[key] = Taken(id: id, account: token, request: request.text)
      if case .placeInSilence = answer { return Self.lost }
      return .placed(ids: [id], paymentProblem: "")
    }
  }

  private static let lost = Placing.unknown(
    PurchaseReason(code: .outcomeUnknown, text: "the connection was lost", owner: .nobody),
    isRepeated: false)

  fileprivate func order(_ id: String, token: String) -> Reading<SupplierOrder> {
    state.withLock { state in
      if let refusal = state.office.refusal(of: token) { return refusal.reading() }
      if let reading = state.orderReading { return reading }
      guard state.taken.values.contains(where: { $0.id == id }) || id.hasPrefix("9") else {
        return .refused(
          PurchaseReason(
            code: .supplierOrderUnreadable, text: "no such order", owner: .platform))
      }
      let status = state.statuses.isEmpty ? state.status : state.statuses.removeFirst()
      return .value(
        SupplierOrder(
          id: id, status: status == "CANCELLED" ? "FINISH" : status,
          isCancelled: status == "CANCELLED", amount: Self.usd(800),
          parts: .init(items: Self.usd(650), shipping: Self.usd(150), tax: Self.usd(0)),
          payTimeoutSeconds: 86_400, productIDs: state.products,
          lines: state.products.map {
            .init(productID: $0, skuID: "12000000000000001", count: state.count)
          }, destination: state.destination))
    }
  }

  fileprivate func product(token: String) -> Reading<SupplierProduct> {
    state.withLock { state in
      state.questions += 1
      if let refusal = state.office.refusal(of: token), state.office.refusesReadings {
        return refusal.reading()
      }
      return state.productReadings.isEmpty
        ? .value(state.product) : state.productReadings.removeFirst()
    }
  }

  private struct Account: SupplierAccount {
    let supplier: ScriptedSupplier
    let token: String

    func product(_ productID: String, shipTo country: String, in currency: Currency) async
      -> Reading<SupplierProduct>
    { supplier.product(token: token) }
    func deliveries(_ wish: DeliveryWish) async -> Reading<[Delivery]> {
      .value(supplier.state.withLock { $0.deliveries })
    }
    func place(_ request: OrderRequest) async -> Placing {
      supplier.place(request, token: token)
    }
    func placingBan(now: Int64) -> (reason: PurchaseReason, seconds: Int)? {
      supplier.state.withLock(\.placingBan).map { seconds in
        let reason = PurchaseReason(
          code: .rateLimited, text: "a ban", owner: .nobody, providerCode: "AppApiCallLimit")
        return (reason, seconds)
      }
    }
    func order(_ supplierOrderID: String) async -> Reading<SupplierOrder> {
      supplier.order(supplierOrderID, token: token)
    }
    func parcels(of supplierOrderID: String) async -> Reading<[Parcel]> {
      .value(supplier.state.withLock { $0.parcels })
    }
  }
}
