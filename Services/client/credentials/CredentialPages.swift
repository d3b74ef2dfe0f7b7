import Contract
import Presentation
import Runtime

/// What is known of credentials, as people read it. Secrets are not in it.
enum CredentialPages {
  static func card(_ status: CredentialStatus) -> String {
    Table.card([
      ("reseller", whose(status)), ("api", status.api),
      ("environment", status.environment.word), ("state", Shown.word(status.state.shortName)),
      ("because", Shown.reason(status.reason)), ("came by", status.origin),
      ("version", status.version == 0 ? "" : "\(status.version)"), ("master key", status.keyID),
      ("vendor account", status.vendorAccountID),
      ("access until", Shown.time(status.accessTokenExpiresAt)),
      ("refresh until", Shown.time(status.refreshTokenExpiresAt)),
      ("renewed by itself", Shown.time(status.nextRefreshAt)),
      ("last refresh", refresh(status.lastRefresh)), ("updated", Shown.time(status.updatedAt)),
    ])
  }

  /// The platform's own account has no reseller.
  private static func whose(_ status: CredentialStatus) -> String {
    status.userID == 0 ? "platform" : "\(status.userID)"
  }

  private static func refresh(_ refresh: TokenRefresh?) -> String {
    guard let refresh else { return "" }
    let because = Shown.reason(refresh.reason)
    return "\(Shown.word(refresh.outcome.shortName)) at \(Shown.time(refresh.startedAt)), try "
      + "\(refresh.number) of version \(refresh.version), for \(refresh.actor)"
      + (because.isEmpty ? "" : "; \(because)")
  }

  static func history(_ events: [CredentialEvent]) -> String {
    var table = Table([
      .left("time"), .left("what"), .left("who"), .right("version"), .left("for"),
    ])
    for event in events {
      table.add([
        Shown.time(event.recordedAt), event.action, event.actor, "\(event.version)",
        event.purpose,
      ])
    }
    return table.text(ifEmpty: "nothing has happened to these credentials")
  }

  static func keys(_ keys: [MasterKeyUse]) -> String {
    var table = Table([.left("master key"), .right("secrets"), .left("is")])
    for key in keys {
      let what =
        if !key.isConfigured {
          "missing: its secrets cannot be opened"
        } else if key.isNewest {
          "the newest"
        } else {
          key.secrets == 0 ? "not in use: it can be removed" : "in use: run rotate-keys"
        }
      table.add([key.keyID, "\(key.secrets)", what])
    }
    return table.text(ifEmpty: "no keys")
  }

  static func table(_ all: [CredentialStatus]) -> String {
    var table = Table([
      .right("reseller"), .left("api"), .left("environment"), .left("state"), .right("version"),
      .left("master key"), .left("access until"), .left("refresh until"),
      .left("renewed"), .left("because"),
    ])
    for status in all {
      table.add([
        whose(status), status.api, status.environment.word,
        Shown.word(status.state.shortName), "\(status.version)", status.keyID,
        Shown.time(status.accessTokenExpiresAt), Shown.time(status.refreshTokenExpiresAt),
        Shown.time(status.nextRefreshAt), Shown.reason(status.reason),
      ])
    }
    return table.text(ifEmpty: "no credentials")
  }
}
