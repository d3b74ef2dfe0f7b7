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
    if let person = call.person {
      response.headers[.setCookie] = call.door.consent.header(
        .init(actor: person, state: begun.state))
    }
    return response
  }

  /// Exchanges the code. The supplier is not known to send the state back in every case; the cookie
  /// has it, too.
  ///
  /// - Throws: UNAUTHENTICATED (OTHER_BROWSER) without the cookie of the one who began, or with a
  ///   state that is not the cookie's.
  static func complete(_ call: RouteCall) async throws -> Response {
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
    _ = try await call.services.credentials.completeAuthorization(
      .init(state: cookie.state, code: code), options: call.options.acting(as: cookie.actor))
    return Response(
      status: .ok,
      headers: [
        .contentType: "text/html; charset=utf-8", .setCookie: call.door.consent.removal,
      ],
      body: .init(byteBuffer: ByteBuffer(string: page)))
  }

  private static func otherBrowser(_ text: String) -> RPCError {
    RPCError(.unauthenticated, text, reason: ErrorReason(code: "OTHER_BROWSER"))
  }

  private static let page = """
    <!doctype html>
    <html lang="en">
    <head><meta charset="utf-8"><title>Connected</title></head>
    <body><main><h1>Connected</h1>
    <p>The supplier has given its consent. You can close this page.</p></main></body>
    </html>

    """
}
