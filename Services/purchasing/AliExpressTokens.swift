import Contract
import Foundation
import NIOCore
import Outside
import Runtime

/// AliExpress' OAuth: the page of consent and the system API for tokens.
///
/// Source: AliExpress Open Platform, "Seller authorization", pages of /auth/token/create and
/// /auth/token/refresh.
extension AliExpressSupplier {
  func authorizeURL(_ request: ConsentRequest, in environment: Contract.Environment) -> String? {
    url(environment).map { url in
      let query = [
        ("response_type", "code"), ("force_auth", "true"), ("redirect_uri", request.redirectURL),
        ("client_id", request.appKey), ("state", request.state),
      ].map { "\($0.0)=\(AliExpressForm.encoded($0.1))" }
      return "\(url)/oauth/authorize?" + query.joined(separator: "&")
    }
  }

  func tokens(
    for grant: TokenGrant, _ application: Application, in environment: Contract.Environment
  ) async -> Granting {
    guard let url = url(environment) else {
      return .refused(SupplierAccess.notConfigured(environment))
    }
    let (method, parameters): (AliExpressMethod, [String: String]) =
      switch grant {
      case .code(let code): (.createToken, ["code": code.reveal { $0 }])
      case .refreshToken(let token): (.refreshToken, ["refresh_token": token.reveal { $0 }])
      }
    let request = OutsideRequest(
      provider: AliExpressAccount.provider, account: "\(application.key)@\(environment.word)",
      method: method.rawValue, ratePerSecond: method.ratePerSecond, verb: .post,
      url: url + "/rest" + method.rawValue, headers: AliExpressForm.headers,
      body: ByteBuffer(
        string: AliExpressForm.signed(parameters, application, path: method.rawValue)),
      timeout: method.timeout)
    let caller = Caller(environment: environment, appKey: application.key, userID: nil)
    let answer = await bans.respecting(method, by: caller) {
      AliExpressAnswer(await http.send(request), to: method)
    }
    return Self.granting(answer, now: Int64(Date().timeIntervalSince1970 * 1000))
  }

  /// Reads an answer; one without tokens and without an error is a loss.
  static func granting(_ answer: AliExpressAnswer, now: Int64) -> Granting {
    switch answer {
    case .notSent(let text):
      return .notAccepted(
        PurchaseReason(
          code: .supplierUnavailable, text: "AliExpress could not be reached: \(text)",
          owner: .nobody), retryAfterSeconds: nil)
    case .lost(let text): return .unknown(lost(text))
    case .error(let error): return error.granting
    case .body(let body):
      guard let token = body["access_token"]?.text, !token.isEmpty else {
        if let code = body["code"]?.text, code != "0" {
          return AliExpressError(code: code, message: body["message"]?.text ?? "").granting
        }
        return .unknown(lost("an answer without tokens"))
      }
      return .granted(granted(body, accessToken: Secret(token), now: now))
    }
  }

  private static func granted(_ body: JSON, accessToken: Secret, now: Int64) -> GrantedTokens {
    // Counted from our own clock where possible, which is the one that will be asked.
    func end(_ seconds: String, _ time: String) -> Int64? {
      if let life = body[seconds]?.integer, life >= 0 { return now + life * 1000 }
      return body[time]?.integer
    }
    let canBeRefreshed = body["refresh_expires_in"]?.integer != 0
    let refreshToken = body["refresh_token"]?.text.flatMap { $0.isEmpty ? nil : Secret($0) }
    return GrantedTokens(
      accessToken: accessToken, refreshToken: canBeRefreshed ? refreshToken : Secret(""),
      accessTokenExpiresAt: end("expires_in", "expire_time") ?? 0,
      refreshTokenExpiresAt: end("refresh_expires_in", "refresh_token_valid_time"),
      vendorAccountID: body["user_id"]?.text ?? body["seller_id"]?.text ?? "")
  }

  fileprivate static func lost(_ text: String, code: String = "") -> PurchaseReason {
    PurchaseReason(
      code: .refreshUnknown, text: "AliExpress' answer was lost (\(text)); the token may be spent",
      owner: .nobody, providerCode: code)
  }
}

extension AliExpressError {
  /// What an error means for an exchange of tokens.
  fileprivate var granting: Granting {
    let shown = String(code.prefix(60))
    guard let entry = ReasonCatalogue.tokenEntry(code) else {
      if type == "ISV" { return .refused(unknownCode) }
      return .unknown(AliExpressSupplier.lost("code \(shown), which is not known", code: shown))
    }
    switch entry.certainty {
    case .definite, .doubtful: return .refused(entry.bareReason(message))
    case .transient:
      return .notAccepted(entry.bareReason(message), retryAfterSeconds: banSeconds)
    case .ambiguous:
      return .unknown(AliExpressSupplier.lost("\(shown): \(entry.text)", code: shown))
    }
  }
}
