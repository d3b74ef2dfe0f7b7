import Contract
import Runtime

/// What is known of credentials, as people read it. Secrets are not in it.
enum CredentialPages {
  static func card(_ status: CredentialStatus) -> String {
    Table.card([
      ("reseller", "\(status.userID)"), ("api", status.api),
      ("environment", status.environment.word), ("state", Shown.word(status.state.shortName)),
      ("because", Shown.reason(status.reason)),
      ("version", status.version == 0 ? "" : "\(status.version)"), ("master key", status.keyID),
      ("vendor account", status.vendorAccountID),
      ("access until", Shown.time(status.accessTokenExpiresAt)),
      ("refresh until", Shown.time(status.refreshTokenExpiresAt)),
      ("updated", Shown.time(status.updatedAt)),
    ])
  }

  static func table(_ all: [CredentialStatus]) -> String {
    var table = Table([
      .right("reseller"), .left("api"), .left("environment"), .left("state"), .right("version"),
      .left("master key"), .left("access until"), .left("refresh until"), .left("because"),
    ])
    for status in all {
      table.add([
        "\(status.userID)", status.api, status.environment.word,
        Shown.word(status.state.shortName), "\(status.version)", status.keyID,
        Shown.time(status.accessTokenExpiresAt), Shown.time(status.refreshTokenExpiresAt),
        Shown.reason(status.reason),
      ])
    }
    return table.text(ifEmpty: "no credentials")
  }
}
