import ArgumentParser
import Contract
import Runtime

/// `dropwire credentials reopen-shop`.
struct ReopenShopVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "reopen-shop", abstract: "Let the browser use the shop's account again.",
    discussion: """
      An account that asked for a captcha or a code, or refused the login, is left alone for a time, \
      and after three times in a row until a person has seen to it: log in by hand, answer what it \
      asks, then run this. What waits for the account goes on; refused orders are tried again with \
      dropwire retry. The account's state is the last line of dropwire credentials list.

      EXAMPLES:
        dropwire credentials reopen-shop
        dropwire credentials reopen-shop --environment production
      """)

  @OptionGroup var world: WorldOptions
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let status = try await session.credentials.refreshCredentials(
      .init(userID: 0, api: "aliexpress-shop", environment: world.environment),
      options: session.options)
    session.show(status, showing)
  }
}
