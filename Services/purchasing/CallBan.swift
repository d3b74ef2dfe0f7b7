import Contract
import Runtime

/// A time in which the supplier takes no calls of one kind, because it said so.
struct CallBan: Hashable, Sendable {
  /// Whose calls are meant.
  struct Scope: Hashable, Sendable {
    let environment: Contract.Environment
    /// Empty for all methods.
    let method: String
    /// `app:KEY`, `user:ID`, or empty for everybody.
    let holder: String
  }

  let scope: Scope
  /// The supplier's code, such as `AppApiCallLimit`.
  let providerCode: String
  /// Milliseconds since the epoch.
  let endsAt: Int64

  /// From when on the calls are taken again; rounded up, so that nothing is sent a moment too early.
  func secondsLeft(now: Int64) -> Int { Int(max(0, endsAt - now + 999) / 1000) }

  func reason(now: Int64) -> PurchaseReason {
    let calls = scope.method.isEmpty ? "calls" : "calls of \(scope.method)"
    let whose =
      switch scope.holder.split(separator: ":").first {
      case "app": "of the application"
      case "user": "of the reseller"
      default: "of everybody"
      }
    return PurchaseReason(
      code: .rateLimited,
      text: "AliExpress takes no \(calls) \(whose) for \(Self.shown(secondsLeft(now: now)))",
      owner: .nobody, providerCode: providerCode)
  }

  /// Such as `3 h 57 min`.
  static func shown(_ seconds: Int) -> String {
    switch seconds {
    case ..<120: "\(seconds) s"
    case ..<7200: "\(seconds / 60) min"
    default: "\(seconds / 3600) h \(seconds % 3600 / 60) min"
    }
  }
}

/// Who makes a call, as far as bans are concerned.
struct Caller: Hashable, Sendable {
  let environment: Contract.Environment
  let appKey: String
  /// Nil where no reseller's token is used.
  let userID: Int64?

  /// What a code of the gateway closes; nil when it closes nothing.
  ///
  /// Source: AliExpress Open Platform, "API call limits": of the method as a whole, of an application
  /// on a method, of an application, of a seller's account.
  func scope(of providerCode: String, _ method: AliExpressMethod) -> CallBan.Scope? {
    switch providerCode {
    case "ApiCallLimit": scope(method.rawValue, "")
    case "AppApiCallLimit": scope(method.rawValue, "app:\(appKey)")
    case "AppCallLimit": scope("", "app:\(appKey)")
    case "SellerCallLimit": userID.map { scope("", "user:\($0)") } ?? scope("", "app:\(appKey)")
    default: nil
    }
  }

  /// Every scope that a call of a method falls into.
  func scopes(_ method: AliExpressMethod) -> [CallBan.Scope] {
    var scopes = [
      scope(method.rawValue, ""), scope(method.rawValue, "app:\(appKey)"),
      scope("", "app:\(appKey)"),
    ]
    if let userID { scopes.append(scope("", "user:\(userID)")) }
    return scopes
  }

  private func scope(_ method: String, _ holder: String) -> CallBan.Scope {
    .init(environment: environment, method: method, holder: holder)
  }
}
