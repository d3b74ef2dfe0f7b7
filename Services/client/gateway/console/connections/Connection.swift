import Contract
import Presentation
import Runtime

/// A reseller's credentials at the supplier as pages show them. Secrets are not in it.
struct Connection: Sendable {
  /// What they open; the only supplier that there is.
  static let api = "aliexpress-dropshipping"

  let userID: Int64
  let environment: String
  let path: String
  let label: String
  let tone: String
  /// What the state means; empty when all is well.
  let why: String
  /// What a person does about it; empty when nothing.
  let advice: String
  let account: String
  let until: Moment?
  let renewal: Moment?
  let details: [Detail]
  let isConnected: Bool

  init(_ status: CredentialStatus) {
    userID = status.userID
    environment = status.environment.word
    path = Self.path(status.userID, status.environment)
    (label, tone) = Self.look(status)
    advice = Self.advice(status)
    why = Self.why(status)
    account = status.vendorAccountID
    until = Moment(status.accessTokenExpiresAt)
    renewal = Moment(status.nextRefreshAt)
    isConnected = status.state != .missing
    details =
      Detail.list([
        ("Reseller", "\(status.userID)"), ("AliExpress account", status.vendorAccountID),
        ("World", status.environment.word), ("Came by", Self.origins[status.origin] ?? ""),
        ("Version", status.version == 0 ? "" : "\(status.version)"),
        ("Sealed with", status.keyID),
      ])
      + Detail.times([
        ("Access until", status.accessTokenExpiresAt),
        ("Can be renewed until", status.refreshTokenExpiresAt),
        ("Renewed by itself", status.nextRefreshAt), ("Changed", status.updatedAt),
      ])
      + Detail.list([("Last renewal", Self.renewal(status.lastRefresh))])
  }

  static func path(_ userID: Int64, _ environment: Contract.Environment) -> String {
    "\(Section.credentials.path)/\(userID)/\(environment.word)"
  }

  private static let origins = [
    "put": "put by hand", "authorized": "consent at AliExpress", "refreshed": "renewal",
  ]

  private static func look(_ status: CredentialStatus) -> (String, String) {
    switch status.state {
    case .valid: ("Works", "good")
    case .expiring: ("Expires soon", status.nextRefreshAt == nil ? "warn" : "busy")
    case .expired: ("Expired", status.nextRefreshAt == nil ? "bad" : "busy")
    case .undecryptable: ("Cannot be opened", "bad")
    case .revoked: ("Revoked", "bad")
    case .missing: ("Not connected", "")
    case .unspecified, .unrecognized: (Look.words(status.state.shortName), "warn")
    }
  }

  private static func why(_ status: CredentialStatus) -> String {
    switch status.state {
    case .expiring: "The access ends soon."
    case .expired: "The access is over, so orders are not bought through this account."
    case .undecryptable:
      "None of the platform's master keys opens what is stored, so it cannot be used."
    case .revoked:
      "AliExpress does not renew the access any more"
        + (status.reason.map { $0.providerCode.isEmpty ? "." : " (\($0.providerCode))." } ?? ".")
    case .missing: "There is no access to an AliExpress account."
    case .valid, .unspecified, .unrecognized: ""
    }
  }

  private static func advice(_ status: CredentialStatus) -> String {
    let again = "Connect AliExpress again."
    switch status.state {
    case .valid where status.nextRefreshAt == nil && status.accessTokenExpiresAt != nil:
      return "It is not renewed by itself: connect AliExpress again before it ends."
    case .expiring, .expired:
      return status.nextRefreshAt == nil ? again : "Nothing: it is renewed by itself."
    case .undecryptable:
      return "The platform gives purchasing the master key that sealed it; or \(again.lowered)"
    case .revoked where status.reason?.owner == "platform":
      return "The platform corrects the application at AliExpress, then renews it here."
    case .revoked: return again
    case .missing: return "Connect AliExpress."
    case .valid, .unspecified, .unrecognized: return ""
    }
  }

  private static func renewal(_ refresh: TokenRefresh?) -> String {
    guard let refresh else { return "" }
    let outcome =
      switch refresh.outcome {
      case .started: "under way"
      case .done: "done"
      case .refused: "refused by AliExpress"
      case .unknown: "the answer was lost; it may be spent"
      case .notAccepted: "not taken; it is tried again"
      case .unspecified, .unrecognized: Look.words(refresh.outcome.shortName)
      }
    let because = refresh.reason.map { ": \($0.text)" } ?? ""
    return
      "\(outcome), \(Shown.time(refresh.startedAt)), for \(Shown.actor(refresh.actor))\(because)"
  }
}

extension String {
  /// With a small first letter, to go on with in a sentence.
  fileprivate var lowered: String { prefix(1).lowercased() + dropFirst() }
}
