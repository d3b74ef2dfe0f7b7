import Contract
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import RPC

/// How a person begins a session: by a token of those who sign people in.
struct SignInPage: Sendable {
  /// Where to go afterwards.
  let next: String
  let problem: String
}

extension Console {
  static let signingIn: [Route] = [
    Route(.get, "/", "root", "Leads to the console.", audience: .everyone, answer: .page) { _ in
      redirect(to: "/console")
    },
    Route(
      .get, "/console/sign-in", "signInPage", "Asks for a token.", audience: .everyone,
      query: [.text("next", "Where to go afterwards.")], answer: .page
    ) { call in
      call.page(
        "signIn", "Sign in", nil, SignInPage(next: safe(call.query.text("next")), problem: ""))
    },
    Route(
      .post, "/console/sign-in", "signIn", "Begins a session.", audience: .everyone, body: .form,
      answer: .page
    ) { try await signIn($0) },
    Route(
      .post, "/console/sign-out", "signOut", "Ends the session.", audience: .session, body: .form,
      answer: .page
    ) { call in
      var response = redirect(to: "/console/sign-in")
      response.headers.append(.init(name: .setCookie, value: call.door.sessions.removal))
      return response
    },
  ]

  private static func signIn(_ call: RouteCall) async throws -> Response {
    let next = safe(call.form.text("next"))
    do {
      let (actor, end) = try await call.door.tokens.login(call.form.text("token"))
      var response = redirect(to: next)
      let cookie = call.door.sessions.header(actor, until: end)
      response.headers.append(.init(name: .setCookie, value: cookie))
      call.door.logger.info("signed in", metadata: ["actor": "\(actor)"])
      return response
    } catch {
      return call.page(
        "signIn", "Sign in", nil, SignInPage(next: next, problem: error.message),
        status: .unauthorized)
    }
  }
}
