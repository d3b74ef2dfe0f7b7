import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Runtime
import Support

@testable import Gateway

/// The gateway as a real process before a real cluster, and people who call it.
struct GatewayUnderTest: Sendable {
  struct Answer: Sendable {
    let status: Int
    let headers: HTTPHeaders
    let body: String

    /// The `reason` of a problem.
    var reason: String { Self.member("reason", body) }
    var code: String { Self.member("code", body) }

    static func member(_ name: String, _ body: String) -> String {
      let object = try? JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]
      return object?[name] as? String ?? ""
    }

    func member(_ name: String) -> String { Self.member(name, body) }
  }

  let cluster: Cluster
  let url: String
  let program: Program

  /// Runs a body with services and a gateway before them.
  ///
  /// - Parameters:
  ///   - environment: of the gateway.
  ///   - clusterEnvironment: of the services.
  ///   - user: whose process it is; nil for the tests' own.
  ///   - hearsProviders: whether PayPal and AliExpress send it what happens.
  static func with(
    environment: [String: String] = [:], clusterEnvironment: [String: String] = [:],
    hearsProviders: Bool = false, as user: OtherUser? = nil,
    services: [Cluster.ServiceName] = Cluster.ServiceName.allCases,
    _ body: (GatewayUnderTest) async throws -> Void
  ) async throws {
    try await Cluster.with(environment: clusterEnvironment, start: services) { cluster in
      let heard = hearsProviders ? try await webhooks(cluster) : [:]
      if user != nil { try cluster.letOthersIn() }
      let (program, url) = try await cluster.startGateway(
        as: user, environment: heard.merging(environment) { _, new in new })
      do {
        if hearsProviders { try await listen(cluster, at: url) }
        try await body(GatewayUnderTest(cluster: cluster, url: url, program: program))
        await program.killNow()
      } catch {
        await program.killNow()
        throw error
      }
    }
  }

  static func token(_ actor: Actor) async throws -> String {
    try await LoginToken.signed(
      for: actor, secret: Array(Cluster.gatewaySecret.utf8), keyID: "dropwire", issuer: "dropwire",
      audience: "dropwire", seconds: 600)
  }

  func request(
    _ method: String, _ path: String, as actor: Actor? = nil, body: String? = nil,
    headers: [(String, String)] = []
  ) async throws -> HTTPClientRequest {
    var request = HTTPClientRequest(url: url + path)
    request.method = .RAW(value: method)
    if let actor {
      request.headers.add(name: "Authorization", value: "Bearer \(try await Self.token(actor))")
    }
    for (name, value) in headers { request.headers.add(name: name, value: value) }
    if let body {
      if !request.headers.contains(name: "Content-Type") {
        request.headers.add(name: "Content-Type", value: "application/json")
      }
      request.body = .bytes(ByteBuffer(string: body))
    }
    return request
  }

  func send(
    _ method: String, _ path: String, as actor: Actor? = nil, body: String? = nil,
    headers: [(String, String)] = []
  ) async throws -> Answer {
    let request = try await request(method, path, as: actor, body: body, headers: headers)
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
    let bytes = try await response.body.collect(upTo: 8 << 20)
    return Answer(
      status: Int(response.status.code), headers: response.headers, body: String(buffer: bytes))
  }

  /// As `send`, by a client that does not go where an answer leads.
  func sendUnfollowed(
    _ method: String, _ path: String, body: String? = nil, headers: [(String, String)] = []
  ) async throws -> Answer {
    let client = HTTPClient(
      eventLoopGroupProvider: .singleton, configuration: .init(redirectConfiguration: .disallow))
    do {
      let request = try await request(method, path, body: body, headers: headers)
      let response = try await client.execute(request, timeout: .seconds(30))
      let bytes = try await response.body.collect(upTo: 8 << 20)
      try await client.shutdown()
      return Answer(
        status: Int(response.status.code), headers: response.headers, body: String(buffer: bytes))
    } catch {
      try await client.shutdown()
      throw error
    }
  }

  /// The status of the answer, whose body is left unread.
  func execute(_ request: HTTPClientRequest) async throws -> Int {
    Int(try await HTTPClient.shared.execute(request, timeout: .seconds(30)).status.code)
  }

  /// A checkout of the shop's mug as JSON.
  static func checkout(_ orderID: String = "") -> String {
    let id = orderID.isEmpty ? "" : #""orderId":"\#(orderID)","#
    return #"{\#(id)"listingId":"mug","quantity":1,"shipTo":\#(address)}"#
  }

  static let address =
    #"{"fullName":"Ada Lovelace","phone":"+14155550100","line1":"1 Market Street","#
    + #""city":"San Francisco","province":"California","postalCode":"94105","country":"US"}"#
}
