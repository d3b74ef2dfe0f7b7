import Contract
import NIOCore
import RPC
import Testing

/// Typed clients and method protocols over a channel of bytes.
struct ServiceTests {
  struct Shop: OrdersMethods {
    func getOrder(_ request: GetOrderRequest, _ context: CallContext) async throws -> Order {
      // A NUL cannot be sent: the fault of whoever made the answer.
      let state: OrderState = request.orderID.hasPrefix("bad") ? .paid : .shipped
      return Order(orderID: state == .paid ? "\0" : request.orderID, state: state)
    }

    func watchOrders(
      _ request: WatchOrdersRequest, _ context: CallContext, _ responses: ResponseStream<Order>
    ) async throws {
      for number in 1...3 { try await responses.write(Order(orderID: "o-\(number)")) }
      if request.userID == 0 { throw RPCError(.unavailable, "gone") }
    }
  }

  private let channel = InProcessChannel(services: [Shop().rpcService()])
  private var client: OrdersClient { OrdersClient(channel) }

  private func refusal(_ body: () async throws -> Void) async -> RPCError? {
    do {
      try await body()
      return nil
    } catch { return error as? RPCError }
  }

  @Test func `a call goes there and back`() async throws {
    let order = try await client.getOrder(.init(orderID: "o-1"))
    #expect(order == Order(orderID: "o-1", state: .shipped))
  }

  @Test func `a streamed answer gives each message and then its end`() async throws {
    var ids: [String] = []
    for try await order in client.watchOrders(.init(userID: 1)) { ids.append(order.orderID) }
    #expect(ids == ["o-1", "o-2", "o-3"])
    let error = await refusal {
      for try await order in client.watchOrders(.init()) { ids.append(order.orderID) }
    }
    #expect(error?.code == .unavailable)
    #expect(ids.count == 6)
  }

  @Test func `a method that a service lacks is UNIMPLEMENTED and named`() async {
    let error = await refusal { _ = try await client.cancelOrder(.init()) }
    #expect(error?.code == .unimplemented)
    #expect(error?.message.contains("CancelOrder") == true)
  }

  @Test func `a request that is not the message is INVALID_ARGUMENT and names the field`() async {
    let error = await refusal {
      _ = try await channel.unary(
        service: "dropwire.orders.v1.Orders", method: "GetOrder",
        request: ByteBuffer(bytes: [0x0A, 1, 0xFF]), isIdempotent: true, options: CallOptions())
    }
    #expect(error?.code == .invalidArgument)
    #expect(error?.violations.map(\.field) == ["order_id"])
  }

  @Test func `a request with a NUL is refused before it is sent`() async {
    let error = await refusal { _ = try await client.getOrder(.init(orderID: "a\0")) }
    #expect(error?.code == .invalidArgument)
    #expect(error?.violations.map(\.field) == ["order_id"])
    let streamed = await refusal {
      for try await _ in client.watchOrders(.init(orderID: "a\0")) {}
    }
    #expect(streamed?.code == .invalidArgument)
  }

  @Test func `an answer that cannot be encoded is INTERNAL`() async {
    let error = await refusal { _ = try await client.getOrder(.init(orderID: "bad")) }
    #expect(error?.code == .internalError)
  }

  @Test func `an answer that cannot be decoded is INTERNAL and names the method`() async {
    let service = RPCService(
      name: "dropwire.orders.v1.Orders",
      methods: ["GetOrder": .unary { _, _ in ByteBuffer(bytes: [0xFF]) }])
    let client = OrdersClient(InProcessChannel(services: [service]))
    let error = await refusal { _ = try await client.getOrder(.init()) }
    #expect(error?.code == .internalError)
    #expect(error?.message.contains("GetOrder") == true)
  }

  @Test func `any method can be called with JSON`() async throws {
    let orders = try #require(ContractCatalogue.services.first { $0.shortName == "Orders" })
    func method(_ name: String) throws -> MethodDescription {
      try #require(orders.methods.first { $0.name == name })
    }
    var answers: [String] = []
    try await method("GetOrder").call(json: #"{"orderId": "o-1"}"#, channel: channel) {
      answers.append($0)
    }
    #expect(answers == [Order(orderID: "o-1", state: .shipped).json(pretty: true)])
    try await method("WatchOrders").call(json: #"{"userId": 1}"#, channel: channel) {
      answers.append($0)
    }
    #expect(answers.suffix(3) == (1...3).map { #"{"orderId":"o-\#($0)"}"# })
    let error = await refusal {
      try await method("GetOrder").call(json: #"{"id": 1}"#, channel: channel) { _ in }
    }
    #expect(error?.code == .invalidArgument)
    #expect(error?.message.contains("orderId") == true)
  }

  @Test func `the catalogue says what the .proto files say`() throws {
    let services = ContractCatalogue.services
    #expect(
      services.map(\.shortName).sorted() == [
        "Credentials", "Ledger", "Orders", "Purchasing", "Statistics",
      ])
    let methods = services.flatMap { service in
      service.methods.map { ("\(service.shortName).\($0.name)", $0) }
    }
    let streaming = methods.filter(\.1.isServerStreaming).map(\.0).sorted()
    #expect(streaming == ["Ledger.ExportJournal", "Orders.WatchOrders"])
    let idempotent = Set(methods.filter(\.1.isIdempotent).map(\.0))
    #expect(idempotent.isSuperset(of: ["Orders.CaptureOrder", "Orders.GetOrder"]))
    #expect(idempotent.isDisjoint(with: ["Orders.Backup", "Ledger.RetryPayout"]))
    #expect(ContractCatalogue.fileDescriptors.count == 6)
  }
}
