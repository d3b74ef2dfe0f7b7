import ArgumentParser
import Contract
import Foundation
import Presentation
import Runtime

/// `dropwire credentials authorize`: first the supplier's page, then the code that it gave.
struct AuthorizeVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "authorize",
    abstract: "Let a reseller authorize us at the supplier: shows the page, then takes its answer.",
    discussion: """
      Without --answer it shows the page on which the reseller consents. The supplier then sends his \
      browser to the application's address with a code in it, which is good for three minutes. Give \
      that whole address as --answer, in quotes; or - to give it on stdin. Where the address has no \
      state, add --state. Once the answer is taken, the tokens renew themselves.

      The application is that of the present credentials, else the platform's; a file with app_key \
      and app_secret names another one.

      EXAMPLES:
        dropwire credentials authorize --user 42
        dropwire credentials authorize --user 42 --answer 'https://shop.example/callback?code=3_5&state=x'
      """)

  @OptionGroup var key: CredentialKey
  @Option(help: ArgumentHelp("Where the browser was sent to, or the code alone.", valueName: "url"))
  var answer: String?
  @Option(help: ArgumentHelp("The state, when the answer does not have it.", valueName: "state"))
  var state: String?
  @Option(
    help: ArgumentHelp(
      "JSON with app_key and app_secret of another application.", valueName: "file")
  )
  var application: String?
  @Option(
    help: ArgumentHelp("Where the supplier shall send the browser back to.", valueName: "url"))
  var redirectURL = ""
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    if let answer { return try await complete(answer, in: session) }
    var request = BeginAuthorizationRequest(
      userID: key.user, api: key.api, environment: key.world.environment,
      redirectURL: redirectURL)
    if let application {
      let file = try CredentialFile.read(application)
      (request.appKey, request.appSecret) = (file.appKey, file.appSecret)
    }
    let begun = try await session.credentials.beginAuthorization(
      request, options: session.options)
    session.show(showing, json: begun.json(pretty: true)) {
      """
      Let the reseller open this page and consent:

        \(begun.authorizeURL)

      Then, before \(Shown.time(begun.expiresAt)):

        dropwire credentials authorize --user \(key.user) \
      --environment \(key.world.environment.word) --state \(begun.state) --answer 'ADDRESS'

      where ADDRESS is what his browser was sent to, or the code in it.
      """
    }
  }

  private func complete(_ answer: String, in session: Session) async throws {
    let text = answer == "-" ? try Typed.file("-") : answer
    let given = AuthorizationAnswer(text.trimmingCharacters(in: .whitespacesAndNewlines))
    guard let code = given.code else {
      throw Complaint(.usage, "the answer has no code; it must be an address with code=, or a code")
    }
    if let state, let other = given.state, other != state {
      throw Complaint(
        .notAllowed, "the answer belongs to another authorization: its state is not that of --state"
      )
    }
    guard let state = state ?? given.state else {
      throw Complaint(.usage, "the answer has no state; add the --state that was shown before")
    }
    let status = try await session.credentials.completeAuthorization(
      .init(state: state, code: code), options: session.options)
    session.show(status, showing)
  }
}

/// What the supplier's page answered with: an address with a code and perhaps a state, or a code.
struct AuthorizationAnswer {
  let code: String?
  let state: String?

  init(_ text: String) {
    guard text.contains("://") || text.contains("?") else {
      code = text.isEmpty ? nil : text
      state = nil
      return
    }
    let items = URLComponents(string: text)?.queryItems ?? []
    func value(_ name: String) -> String? {
      items.first { $0.name == name }?.value.flatMap { $0.isEmpty ? nil : $0 }
    }
    code = value("code")
    state = value("state")
  }
}
