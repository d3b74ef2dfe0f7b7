import NIOCore
import Contract
import RPC
import Runtime
import Synchronization

@testable import Client

/// Answers as scripted, and notes what was asked and by whom.
struct FakeServices: Sendable {
  final class Notes: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    func add(_ method: String, _ message: some ContractMessage, _ context: CallContext) {
      let actor = context.metadata[Actor.metadataName] ?? "nobody"
      lines.withLock { $0.append("\(actor) \(method) \(message.json(pretty: false))") }
    }
  }

  let notes = Notes()
  /// How often statistics were asked for.
  let looks = Looks()
  var order = Examples.order
  var purchase: Purchase? = Examples.purchase
  var trialBalance = Examples.trialBalance
  var verified = VerifyJournalResponse(isValid: true, entries: 3, headHash: [0xAB, 0x01])
  var violations: [Violation] = []
  /// Secrets that a rotation of keys could not open.
  var unopened: Int64 = 0
  var captures = [Examples.sale]
  var refusal: RPCError?
  /// The statistics of one look after the other; the last one stays.
  var statistics: [GetStatisticsResponse] = [Examples.statistics]
  /// Whether a watch goes on after its orders.
  var watchesOn = false
  /// Whose process is down.
  var down: Set<ServiceName> = []

  var channels: [ServiceName: any RPCChannel] {
    var channels: [ServiceName: any RPCChannel] = [:]
    for service in ServiceName.allCases { channels[service] = channel(service) }
    return channels
  }

  private func channel(_ service: ServiceName) -> any RPCChannel {
    if down.contains(service) { return NobodyThere(service: service) }
    let health = RPCService(
      name: "grpc.health.v1.Health", methods: ["Check": .unary { _, _ in .init(bytes: [8, 1]) }])
    let all = [health, FakeStatistics(fake: self, looks: looks).rpcService()]
    switch service {
    case .orders: return InProcessChannel(services: [FakeOrders(fake: self).rpcService()] + all)
    case .ledger: return InProcessChannel(services: [FakeLedger(fake: self).rpcService()] + all)
    case .purchasing:
      return InProcessChannel(
        services: [
          FakePurchasing(fake: self).rpcService(), FakeCredentials(fake: self).rpcService(),
        ]
          + all)
    }
  }

  func note(_ method: String, _ message: some ContractMessage, _ context: CallContext) throws {
    notes.add(method, message, context)
    if let refusal { throw refusal }
  }
}

/// A number that goes up.
final class Looks: Sendable {
  private let number = Mutex(0)

  func next() -> Int {
    number.withLock { number in
      defer { number += 1 }
      return number
    }
  }
}

private struct FakeStatistics: StatisticsMethods {
  let fake: FakeServices
  let looks: Looks

  func getStatistics(_ request: GetStatisticsRequest, _ context: CallContext) async throws
    -> GetStatisticsResponse
  {
    try fake.note("GetStatistics", request, context)
    return fake.statistics[min(looks.next(), fake.statistics.count - 1)]
  }
}

private struct FakeOrders: OrdersMethods {
  let fake: FakeServices

  func createCheckout(_ request: CreateCheckoutRequest, _ context: CallContext) async throws
    -> Order
  {
    try fake.note("CreateCheckout", request, context)
    return fake.order
  }

  func getOrder(_ request: GetOrderRequest, _ context: CallContext) async throws -> Order {
    try fake.note("GetOrder", request, context)
    return fake.order
  }

  func retryOrder(_ request: RetryOrderRequest, _ context: CallContext) async throws -> Order {
    try fake.note("RetryOrder", request, context)
    return fake.order
  }

  func submitTracking(_ request: SubmitTrackingRequest, _ context: CallContext) async throws
    -> Order
  {
    try fake.note("SubmitTracking", request, context)
    return fake.order
  }

  func listOrders(_ request: ListOrdersRequest, _ context: CallContext) async throws
    -> ListOrdersResponse
  {
    try fake.note("ListOrders", request, context)
    if request.pageToken == "17" { return ListOrdersResponse() }
    return ListOrdersResponse(orders: [fake.order], nextPageToken: "17")
  }

  func watchOrders(
    _ request: WatchOrdersRequest, _ context: CallContext, _ responses: ResponseStream<Order>
  ) async throws {
    try fake.note("WatchOrders", request, context)
    try await responses.write(fake.order)
    try await responses.write(fake.order)
    if fake.watchesOn { try await Task.sleep(for: .seconds(600)) }
  }

  func getOrderHistory(_ request: GetOrderHistoryRequest, _ context: CallContext) async throws
    -> GetOrderHistoryResponse
  {
    try fake.note("GetOrderHistory", request, context)
    return GetOrderHistoryResponse(events: Examples.events)
  }
}

private struct FakePurchasing: PurchasingMethods {
  let fake: FakeServices

  func getPurchase(_ request: GetPurchaseRequest, _ context: CallContext) async throws -> Purchase {
    try fake.note("GetPurchase", request, context)
    guard let purchase = fake.purchase else {
      throw NotFound(kind: "purchase", id: request.orderID)
    }
    return purchase
  }
}

extension FakePurchasing {
  func getTracking(_ request: GetTrackingRequest, _ context: CallContext) async throws -> Tracking {
    try fake.note("GetTracking", request, context)
    return Examples.tracking
  }

  func listPurchases(_ request: ListPurchasesRequest, _ context: CallContext) async throws
    -> ListPurchasesResponse
  {
    try fake.note("ListPurchases", request, context)
    return ListPurchasesResponse(purchases: fake.purchase.map { [$0] } ?? [], nextPageToken: "9")
  }
}

private struct FakeCredentials: CredentialsMethods {
  let fake: FakeServices

  func putCredentials(_ request: PutCredentialsRequest, _ context: CallContext) async throws
    -> CredentialStatus
  {
    try fake.note("PutCredentials", request, context)
    return CredentialStatus(
      userID: request.userID, api: request.api, environment: request.environment, state: .valid,
      version: 1, keyID: "k1")
  }

  func getCredentialStatus(_ request: GetCredentialStatusRequest, _ context: CallContext)
    async throws -> CredentialStatus
  {
    try fake.note("GetCredentialStatus", request, context)
    return Examples.credentials
  }

  func beginAuthorization(_ request: BeginAuthorizationRequest, _ context: CallContext)
    async throws -> BeginAuthorizationResponse
  {
    try fake.note("BeginAuthorization", request, context)
    return BeginAuthorizationResponse(
      authorizeURL: "https://supplier.example/oauth/authorize?state=s1",
      expiresAt: Examples.time(600_000), state: "s1")
  }

  func completeAuthorization(_ request: CompleteAuthorizationRequest, _ context: CallContext)
    async throws -> CredentialStatus
  {
    try fake.note("CompleteAuthorization", request, context)
    return Examples.credentials
  }

  func refreshCredentials(_ request: RefreshCredentialsRequest, _ context: CallContext)
    async throws -> CredentialStatus
  {
    try fake.note("RefreshCredentials", request, context)
    return Examples.credentials
  }

  func rotateKeys(_ request: RotateKeysRequest, _ context: CallContext) async throws
    -> RotateKeysResponse
  {
    try fake.note("RotateKeys", request, context)
    return RotateKeysResponse(rewrapped: 3, unopened: fake.unopened, keys: Examples.keys)
  }

  func listKeys(_ request: ListKeysRequest, _ context: CallContext) async throws
    -> ListKeysResponse
  {
    try fake.note("ListKeys", request, context)
    return ListKeysResponse(keys: Examples.keys)
  }

  func getCredentialHistory(_ request: GetCredentialHistoryRequest, _ context: CallContext)
    async throws -> GetCredentialHistoryResponse
  {
    try fake.note("GetCredentialHistory", request, context)
    return GetCredentialHistoryResponse(events: Examples.credentialEvents)
  }
}
