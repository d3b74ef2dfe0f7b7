import Contract
import Outside
import Synchronization

@testable import Purchasing

/// The scripted supplier's office for tokens: spends what it is given, once, and knows what it really
/// gave.
struct ScriptedTokens {
  /// What becomes of one exchange.
  enum Answer: Sendable {
    case grant
    /// It is done, but the answer is lost.
    case grantInSilence
    /// Nothing arrives there, and nobody here knows.
    case vanish
    case answer(Granting)
  }

  var answers: [Answer] = []
  /// What was asked, in order: `refresh TOKEN` or `code CODE`.
  var asked: [String] = []
  /// What really was exchanged.
  var spent: [String] = []
  var given = 0
  var accessLife: Int64 = 2_592_000_000
  var vendorAccountID = ""
  /// Access tokens that the supplier calls invalid.
  var invalid: Set<String> = []
  var refusesReadings = true

  func refusal(of token: String) -> AliExpressError? {
    invalid.contains(token)
      ? AliExpressError(type: "ISV", code: "IllegalAccessToken", message: "invalid or expired")
      : nil
  }

  mutating func exchange(_ text: String, isRefresh: Bool, now: Int64) -> Granting {
    asked.append("\(isRefresh ? "refresh" : "code") \(text)")
    let answer = answers.isEmpty ? .grant : answers.removeFirst()
    switch answer {
    case .answer(let granting): return granting
    case .vanish: return Self.lost
    case .grant, .grantInSilence: break
    }
    if spent.contains(text) {
      let code = isRefresh ? "IllegalRefreshToken" : "InvalidCode"
      return AliExpressSupplier.granting(
        .error(AliExpressError(type: "ISV", code: code)), now: now)
    }
    spent.append(text)
    given += 1
    if case .grantInSilence = answer { return Self.lost }
    return .granted(
      GrantedTokens(
        accessToken: Secret("access-\(given)"), refreshToken: Secret("refresh-\(given)"),
        accessTokenExpiresAt: now + accessLife, refreshTokenExpiresAt: nil,
        vendorAccountID: vendorAccountID))
  }

  static let lost = Granting.unknown(
    PurchaseReason(code: .refreshUnknown, text: "the connection was lost", owner: .nobody))
}

extension ScriptedSupplier {
  /// What was asked of the office for tokens.
  var exchanges: [String] { state.withLock { $0.office.asked } }

  func scriptTokens(_ answers: ScriptedTokens.Answer...) {
    state.withLock { $0.office.answers += answers }
  }

  func authorizeURL(_ request: ConsentRequest, in environment: Contract.Environment) -> String? {
    isConfigured(for: environment)
      ? "https://consent.example/?app=\(request.appKey)&state=\(request.state)"
        + "&to=\(request.redirectURL)" : nil
  }

  func tokens(
    for grant: TokenGrant, _ application: Application, in environment: Contract.Environment
  ) async -> Granting {
    let now = PurchaseWork.now()
    return state.withLock { state in
      switch grant {
      case .code(let code):
        state.office.exchange(code.reveal { $0 }, isRefresh: false, now: now)
      case .refreshToken(let token):
        state.office.exchange(token.reveal { $0 }, isRefresh: true, now: now)
      }
    }
  }
}
