import ArgumentParser
import Contract
import Runtime

/// `dropwire credentials refresh`.
struct RefreshCredentialsVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "refresh", abstract: "Renew a reseller's tokens now.",
    discussion: """
      Tokens renew themselves at four fifths of their life; this is for a person who does not want to \
      wait, or has cured what the supplier refused them for. Tokens younger than a minute are left.

      EXAMPLES:
        dropwire credentials refresh --user 42
      """)

  @OptionGroup var key: CredentialKey
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let status = try await session.credentials.refreshCredentials(
      .init(userID: key.user, api: key.api, environment: key.world.environment),
      options: session.options)
    session.show(status, showing)
  }
}

/// `dropwire credentials history`.
struct CredentialHistoryVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "Show every use and change of credentials, newest first.",
    discussion: """
      EXAMPLES:
        dropwire credentials history --user 42
        dropwire credentials history --user 42 --page-size 500
      """)

  @OptionGroup var key: CredentialKey
  @OptionGroup var page: PageOptions
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let answer = try await session.credentials.getCredentialHistory(
      .init(
        userID: key.user, api: key.api, environment: key.world.environment,
        pageSize: page.pageSize, pageToken: page.pageToken), options: session.options)
    session.show(showing, json: answer.json(pretty: true)) {
      CredentialPages.history(answer.events) + PageOptions.more(answer.nextPageToken)
    }
  }
}

/// `dropwire credentials keys`.
struct KeysVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "keys", abstract: "Show the master keys, and how many secrets need each.",
    discussion: """
      EXAMPLES:
        dropwire credentials keys
      """)

  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let answer = try await session.credentials.listKeys(.init(), options: session.options)
    session.show(showing, json: answer.json(pretty: true)) { CredentialPages.keys(answer.keys) }
  }
}

/// `dropwire credentials rotate-keys`.
struct RotateKeysVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "rotate-keys",
    abstract: "Wrap all secrets with the newest master key, while everything goes on.",
    discussion: """
      Make a key with purchasing --make-key FILE, start purchasing with it as \
      DROPWIRE_MASTER_KEY_FILE and with the one before in DROPWIRE_OLDER_MASTER_KEY_FILES, then run \
      this. Keys that are not in use any more can be removed. It may be run again at any time. \
      Exit code 1: secrets are left that another key wraps.

      EXAMPLES:
        dropwire credentials rotate-keys
      """)

  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let answer = try await session.credentials.rotateKeys(.init(), options: session.options)
    session.show(showing, json: answer.json(pretty: true)) {
      let left =
        answer.remaining == 0 ? "" : "; \(answer.remaining) are left: run it again"
      let lost =
        answer.unopened == 0 ? "" : "; \(answer.unopened) cannot be opened: their key is missing"
      return "wrapped anew: \(answer.rewrapped)\(left)\(lost)\n\n"
        + CredentialPages.keys(answer.keys)
    }
    if answer.remaining + answer.unopened > 0 { throw ExitCode(1) }
  }
}
