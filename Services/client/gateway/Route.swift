public import Contract
import Hummingbird
import NIOCore

/// One thing that the gateway does for its clients.
///
/// **Invariant:** a route sends a message and shows the answer. It decides nothing: whose an order is
/// and what may be done to it, the services know.
public struct Route: Sendable {
  public enum Verb: String, Sendable, CaseIterable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case delete = "DELETE"
  }

  public enum Audience: Sendable, Hashable {
    /// No token is needed.
    case everyone
    /// A token of a reseller or an administrator.
    case people
    /// A session of the console; without one a browser is sent to sign in.
    case session
  }

  /// What a request carries.
  public enum Body: Sendable, Hashable {
    case none
    case json(MessageShape)
    /// Fields of a page's form, from a page of ours.
    case form
    /// A provider's message, which is read as it came.
    case raw
  }

  /// What an answer carries.
  public enum Answer: Sendable, Hashable {
    case json(MessageShape)
    /// JSON that is no message of the contract.
    case document
    case page
    case text
    case events(MessageShape)
  }

  public let verb: Verb
  /// Such as `/api/orders/{orderId}`.
  public let path: String
  /// Such as `getOrder`; unique.
  public let name: String
  public let summary: String
  public let audience: Audience
  public let query: [QueryField]
  public let body: Body
  public let answer: Answer
  /// Whether an Idempotency-Key takes the place of the id that the caller would make.
  public let makesID: Bool
  let respond: @Sendable (RouteCall) async throws -> Response

  /// Names of the path's parameters.
  public var parameters: [String] {
    path.split(separator: "/").filter { $0.hasPrefix("{") }.map {
      String($0.dropFirst().dropLast())
    }
  }

  init(
    _ verb: Verb, _ path: String, _ name: String, _ summary: String, audience: Audience = .people,
    query: [QueryField] = [], body: Body = .none, answer: Answer, makesID: Bool = false,
    respond: @escaping @Sendable (RouteCall) async throws -> Response
  ) {
    self.verb = verb
    self.path = path
    self.name = name
    self.summary = summary
    self.audience = audience
    self.query = query
    self.body = body
    self.answer = answer
    self.makesID = makesID
    self.respond = respond
  }

  /// A route without a body that answers with a message.
  static func reading<Message: ContractMessage>(
    verb: Verb = .get, _ path: String, _ name: String, _ summary: String,
    query: [QueryField] = [], _ answer: @escaping @Sendable (RouteCall) async throws -> Message
  ) -> Route {
    Route(verb, path, name, summary, query: query, answer: .json(Message.shape)) { call in
      .json(try await answer(call).json())
    }
  }

  /// A route that takes a message and answers with one.
  static func taking<Request: ContractMessage, Message: ContractMessage>(
    verb: Verb = .post, _ path: String, _ name: String, _ summary: String,
    query: [QueryField] = [], makesID: Bool = false,
    _ answer: @escaping @Sendable (RouteCall, Request) async throws -> Message
  ) -> Route {
    Route(
      verb, path, name, summary, query: query, body: .json(Request.shape),
      answer: .json(Message.shape), makesID: makesID
    ) { call in
      .json(try await answer(call, call.message()).json())
    }
  }
}

extension Response {
  static func json(_ text: String) -> Response {
    Response(
      status: .ok, headers: [.contentType: "application/json"],
      body: .init(byteBuffer: ByteBuffer(string: text)))
  }
}
