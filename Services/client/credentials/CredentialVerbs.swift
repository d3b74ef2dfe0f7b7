import ArgumentParser
import Contract
import Runtime

/// `dropwire credentials`.
struct CredentialVerbs: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "credentials", abstract: "The resellers' supplier credentials.",
    subcommands: [
      ListCredentialsVerb.self, CredentialStatusVerb.self, CredentialHistoryVerb.self,
      AuthorizeVerb.self, RefreshCredentialsVerb.self, PutCredentialsVerb.self,
      DeleteCredentialsVerb.self, ReopenShopVerb.self, KeysVerb.self, RotateKeysVerb.self,
    ])
}

/// Whose credentials, for what.
struct CredentialKey: ParsableArguments {
  @Option(help: ArgumentHelp("The reseller.", valueName: "id")) var user: Int64
  @Option(help: "What they open.") var api = "aliexpress-dropshipping"
  @OptionGroup var world: WorldOptions
}

struct PutCredentialsVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "put", abstract: "Seal and store credentials; secrets go in and never come out.",
    discussion: """
      The file is JSON: {"app_key": ..., "app_secret": ..., "access_token": ..., \
      "refresh_token": ..., "access_token_expires_at": "2099-01-01T00:00:00Z", \
      "refresh_token_expires_at": ...}. A file that every user can read is refused.

      EXAMPLES:
        dropwire credentials put --user 42 --file credentials.json
        dropwire credentials put --user 42 --file -
      """)

  @OptionGroup var key: CredentialKey
  @Option(help: "The JSON file, or - for stdin.") var file: String
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    var request = try CredentialFile.read(file)
    guard request.userID == 0 || request.userID == key.user else {
      throw Complaint(.usage, "\(file) is of user \(request.userID), --user is \(key.user)")
    }
    request.userID = key.user
    request.api = key.api
    request.environment = key.world.environment
    let status = try await session.credentials.putCredentials(request, options: session.options)
    session.show(status, showing)
  }
}

struct CredentialStatusVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show whether credentials are usable, and what to do when not; without secrets.",
    discussion: """
      EXAMPLES:
        dropwire credentials show --user 42
      """, aliases: ["status"])

  @OptionGroup var key: CredentialKey
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let request = GetCredentialStatusRequest(
      userID: key.user, api: key.api, environment: key.world.environment)
    session.show(
      try await session.credentials.getCredentialStatus(request, options: session.options),
      showing)
  }
}

struct ListCredentialsVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List credentials and their states, without secrets.",
    discussion: """
      EXAMPLES:
        dropwire credentials list
        dropwire credentials list --user 42
      """)

  @Option(help: ArgumentHelp("Only this reseller's.", valueName: "id")) var user: Int64 = 0
  @OptionGroup var page: PageOptions
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let answer = try await session.credentials.listCredentials(
      ListCredentialsRequest(userID: user, pageSize: page.pageSize, pageToken: page.pageToken),
      options: session.options)
    session.show(showing, json: answer.json(pretty: true)) {
      CredentialPages.table(answer.credentials) + PageOptions.more(answer.nextPageToken)
    }
  }
}

struct DeleteCredentialsVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Delete credentials.",
    discussion: """
      EXAMPLES:
        dropwire credentials delete --user 42
      """)

  @OptionGroup var key: CredentialKey
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let request = DeleteCredentialsRequest(
      userID: key.user, api: key.api, environment: key.world.environment)
    let answer = try await session.credentials.deleteCredentials(
      request, options: session.options)
    session.show(showing, json: answer.json(pretty: true)) {
      "deleted: \(key.api) of user \(key.user), \(key.world.environment.word)"
    }
  }
}

extension Session {
  /// Shows what is known of credentials.
  func show(_ status: CredentialStatus, _ showing: ShowingOptions) {
    show(showing, json: status.json(pretty: true)) { CredentialPages.card(status) }
  }
}
