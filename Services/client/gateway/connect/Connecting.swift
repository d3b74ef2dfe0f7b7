import Contract
import HTTPTypes
import Hummingbird
import NIOCore
import RPC
import Runtime

/// The two ends of a reseller's consent at the supplier.
enum Connecting {
  /// The supplier's page, and a cookie for the way back.
  static func begin(_ call: RouteCall) async throws -> Response {
    let begun = try await call.services.credentials.beginAuthorization(
      .init(
        userID: call.userID, api: call.id("api"), environment: call.environment(),
        redirectURL: call.door.callbackURL), options: call.options)
    var response = Response.json(begun.json())
    bind(&response, to: begun, call)
    return response
  }

  /// The same for the console. The supplier's page is behind a link, since the policy of our pages
  /// lets no form lead to others.
  static func consentPage(_ call: RouteCall) async throws -> Response {
    let text = call.form.text("userId")
    guard let userID = call.session?.isAdmin == true ? Int64(text) : call.userID else {
      throw Query.refusal("userId", "is \"\(text.prefix(60))\"; it must be a number, such as 42")
    }
    let environment: Contract.Environment =
      call.form.text("environment") == "production" ? .production : .sandbox
    let begun = try await call.services.credentials.beginAuthorization(
      .init(
        userID: userID, api: Connection.api, environment: environment,
        redirectURL: call.door.callbackURL), options: call.options)
    var response = call.page(
      "consent", "Connect AliExpress", .credentials,
      ConsentPage(
        userID: userID, environment: environment.word, url: begun.authorizeURL,
        until: Moment(begun.expiresAt)))
    bind(&response, to: begun, call)
    return response
  }

  private static func bind(
    _ response: inout Response, to begun: BeginAuthorizationResponse, _ call: RouteCall
  ) {
    guard let person = call.person else { return }
    let cookie = call.door.consent.header(.init(actor: person, state: begun.state))
    response.headers.append(.init(name: .setCookie, value: cookie))
  }

  /// Where the supplier sends the browser back to. A browser is answered with a page in any case, a
  /// program with a problem.
  static func complete(_ call: RouteCall) async throws -> Response {
    do {
      let status = try await exchange(call)
      var response = call.page(
        "connected", "Connected", nil, ConnectedPage(connection: Connection(status), trouble: ""))
      response.headers.append(.init(name: .setCookie, value: call.door.consent.removal))
      return response
    } catch {
      let problem = Problem(error)
      let isBrowser = call.headers[.accept]?.contains("text/html") == true
      guard isBrowser, problem.status != 500 else { throw error }
      return call.page(
        "connected", "Not connected", nil,
        ConnectedPage(connection: nil, trouble: problem.detail),
        status: .init(code: problem.status))
    }
  }

  /// Exchanges the code. The supplier is not known to send the state back in every case; the cookie
  /// has it, too.
  ///
  /// - Throws: UNAUTHENTICATED (OTHER_BROWSER) without the cookie of the one who began, or with a
  ///   state that is not the cookie's.
  private static func exchange(_ call: RouteCall) async throws -> CredentialStatus {
    guard let cookie = call.door.consent.content(call.headers[.cookie] ?? "") else {
      throw otherBrowser("this browser has not begun a consent, or its time is over; begin again")
    }
    let given = call.query.text("state")
    guard given.isEmpty || given == cookie.state else {
      throw otherBrowser("the answer belongs to another consent; begin again")
    }
    let code = call.query.text("code")
    guard !code.isEmpty else {
      throw RPCError(
        .failedPrecondition, "the supplier gave no code, so nothing is connected; begin again",
        reason: ErrorReason(code: "NO_CODE"))
    }
    return try await call.services.credentials.completeAuthorization(
      .init(state: cookie.state, code: code), options: call.options.acting(as: cookie.actor))
  }

  private static func otherBrowser(_ text: String) -> RPCError {
    RPCError(.unauthenticated, text, reason: ErrorReason(code: "OTHER_BROWSER"))
  }
}

/// Leads on to the supplier.
struct ConsentPage: Sendable {
  let userID: Int64
  let environment: String
  let url: String
  let until: Moment?
}

/// What came of it.
struct ConnectedPage: Sendable {
  /// Nil when nothing is connected.
  let connection: Connection?
  let trouble: String
}
