import Contract
import RPC
import Testing

@testable import Gateway

/// Parameters, paths and ids of requests.
struct QueryTests {
  private static let fields: [QueryField] = [
    .userID, .state(OrderState.self), .text("orderId", ""), .environment,
  ]

  @Test func `parameters are read by kind`() throws {
    let query = try Query("userId=42&state=NEEDS_ATTENTION&orderId=a%2Fb+c", Self.fields)
    #expect(query.number("userId") == 42)
    #expect(query.state() == OrderState.needsAttention)
    #expect(query.text("orderId") == "a/b c")
    #expect(try Query("", Self.fields).state() == OrderState.unspecified)
  }

  @Test(arguments: [
    "userId=-1", "userId=1.5", "userId=", "userId=01", "userId=99999999999999999999",
    "state=paid", "state=UNSPECIFIED", "userId=1&userId=1", "other=1", "orderId=%00",
    "orderId=%ff", "environment=live",
  ])
  func `a wrong parameter is named`(_ text: String) throws {
    let error = try #require(throws: RPCError.self) { _ = try Query(text, Self.fields) }
    #expect(error.code == .invalidArgument)
    #expect(error.violations.count == 1)
  }

  @Test func `a route is found by verb and path`() {
    let table = RouteTable(Routes.all)
    func name(_ verb: String, _ path: String) -> String {
      switch table.find(verb, path) {
      case .route(let route, let parameters):
        ([route.name] + parameters.values.sorted()).joined(separator: " ")
      case .otherVerb(let allowed): allowed.joined(separator: " ")
      case .nothing: "nothing"
      }
    }
    #expect(name("GET", "/api/orders/o-1") == "getOrder o-1")
    #expect(name("GET", "/api/payouts/o-1%2Fadmin") == "getPayout o-1/admin")
    #expect(name("GET", "/api/orders/o-1/tracking") == "getTracking o-1")
    #expect(name("DELETE", "/api/orders/o-1/tracking") == "GET HEAD PUT")
    for path in [
      "/", "", "/api", "/api/orders/", "/api/orders/a/b/c", "api/orders", "//api/orders",
    ] {
      #expect(name("GET", path) == "nothing", "\(path)")
    }
  }

  @Test func `a client has its burst, then its rate, and nobody else's`() throws {
    let limits = RateLimits(perSecond: 2, burst: 3)
    let start = ContinuousClock.now
    for _ in 0..<3 { try limits.take("a", now: start) }
    #expect(throws: DoorError.tooManyRequests(retryAfterSeconds: 1)) {
      try limits.take("a", now: start)
    }
    try limits.take("b", now: start)
    try limits.take("a", now: start + .milliseconds(500))
    #expect(throws: DoorError.self) { try limits.take("a", now: start + .milliseconds(600)) }
  }

  @Test func `viewers have room until it is full, and give it back`() throws {
    let viewers = Viewers(max: 3, maxOfOne: 2)
    try viewers.enter("a")
    try viewers.enter("a")
    #expect(throws: DoorError.tooManyViewers) { try viewers.enter("a") }
    try viewers.enter("b")
    #expect(throws: DoorError.tooManyViewers) { try viewers.enter("c") }
    viewers.leave("a")
    try viewers.enter("c")
  }
}
