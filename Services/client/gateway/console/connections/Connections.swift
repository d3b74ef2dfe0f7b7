import Contract
import Hummingbird
import Presentation
import RPC
import Runtime

/// Who is connected with the supplier, and how well. The names are the template's.
struct ConnectionsPage: Sendable {
  let connections: [Connection]
  let fields: [FormField]
  /// Why the form came back; empty when it did not.
  let trouble: String
  let pager: Pager
}

/// One connection, and what happened to it.
struct ConnectionPage: Sendable {
  struct Event: Sendable {
    let what: String
    let tone: String
    let who: String
    let version: String
    let purpose: String
    let moment: Moment?
  }

  let connection: Connection
  let details: [Detail]
  let events: [Event]
  let pager: Pager
}

extension Console {
  private static let one = "\(Section.credentials.path)/{userId}/{environment}"

  static let connections: [Route] = [
    Route(
      .get, Section.credentials.path, "connections", "Who is connected with AliExpress.",
      audience: .session, query: [QueryField.pageToken], answer: .page
    ) { try await list($0) },
    Route(
      .post, Section.credentials.path, "connect", "Begins a consent.",
      audience: .session, body: .form, answer: .page
    ) { call in
      try await call.submit {
        try await Connecting.consentPage(call)
      } again: {
        try await list(call, $0)
      }
    },
    Route(
      .get, one, "connection", "One connection and its history.", audience: .session,
      query: [QueryField.pageToken], answer: .page
    ) { try await show($0) },
    Route(
      .post, "\(one)/refresh", "refreshConnection", "Renews the tokens.", audience: .session,
      body: .form, answer: .page
    ) { try await refresh($0) },
    Route(
      .post, "\(one)/delete", "deleteConnection", "Forgets the tokens.", audience: .session,
      body: .form, answer: .page
    ) { call in
      let (userID, environment) = try key(call)
      _ = try await call.services.credentials.deleteCredentials(
        .init(userID: userID, api: Connection.api, environment: environment),
        options: call.options)
      return call.done(
        "The connection of reseller \(userID) in \(environment.word) is deleted.",
        goTo: Section.credentials.path)
    },
  ]

  private static func list(_ call: RouteCall, _ sent: SentForm? = nil) async throws -> Response {
    let answer = try await call.services.credentials.listCredentials(
      .init(userID: call.userID, pageSize: 50, pageToken: call.query.pageToken),
      options: call.options)
    let reseller = FormField("userId", "Reseller", hint: "Its number, such as 42.", sent: sent)
    let world = FormField(
      "environment", "World", .list(worlds), value: call.door.environment.word, sent: sent)
    return call.page(
      "connections", "Connections", .credentials,
      ConnectionsPage(
        connections: answer.credentials.map { Connection($0) },
        fields: call.session?.isAdmin == true ? [reseller, world] : [world],
        trouble: sent?.detail ?? "",
        pager: Pager(call, Section.credentials.path, next: answer.nextPageToken)))
  }

  /// The two worlds, as a form lets one choose.
  static let worlds = [(value: "sandbox", label: "Sandbox"), ("production", "Production")]

  /// A path with its query; empty values are left out.
  static func path(_ path: String, _ query: [(String, String)]) -> String {
    let pairs = query.filter { !$0.1.isEmpty }.map { "\($0.0)=\(encoded($0.1))" }
    return pairs.isEmpty ? path : path + "?" + pairs.joined(separator: "&")
  }

  private static func show(_ call: RouteCall) async throws -> Response {
    let (userID, environment) = try key(call)
    let status = try await call.services.credentials.getCredentialStatus(
      .init(userID: userID, api: Connection.api, environment: environment), options: call.options)
    let history = try await call.services.credentials.getCredentialHistory(
      .init(
        userID: userID, api: Connection.api, environment: environment, pageSize: 25,
        pageToken: call.query.pageToken), options: call.options)
    let connection = Connection(status)
    return call.page(
      "connection", "Connection of reseller \(userID)", .credentials,
      ConnectionPage(
        connection: connection, details: connection.details,
        events: history.events.map { event($0) },
        pager: Pager(call, connection.path, next: history.nextPageToken)))
  }

  private static func refresh(_ call: RouteCall) async throws -> Response {
    let (userID, environment) = try key(call)
    let path = Connection.path(userID, environment)
    do {
      let status = try await call.services.credentials.refreshCredentials(
        .init(userID: userID, api: Connection.api, environment: environment),
        options: call.options)
      let isNew = status.origin == "refreshed"
      return call.done(
        isNew ? "The tokens are renewed." : "The tokens are as new as they can be.", goTo: path)
    } catch {
      let problem = Problem(error)
      guard [409, 503].contains(problem.status) else { throw error }
      return call.done(
        "Not renewed: \(problem.detail)", tone: problem.status == 409 ? "bad" : "warn", goTo: path)
    }
  }

  private static func key(_ call: RouteCall) throws -> (Int64, Contract.Environment) {
    let environment: Contract.Environment? =
      switch call.id("environment") {
      case "sandbox": .sandbox
      case "production": .production
      default: nil
      }
    guard let environment, let userID = Int64(call.id("userId")), userID > 0 else {
      throw DoorError.noSuchPage(path: String(call.route.path.prefix(200)))
    }
    return (userID, environment)
  }

  private static func event(_ event: CredentialEvent) -> ConnectionPage.Event {
    let (what, tone) = words[event.action] ?? (Look.words(event.action), "")
    return .init(
      what: what, tone: tone, who: Look.sentence(Shown.actor(event.actor)),
      version: "\(event.version)",
      purpose: event.purpose, moment: Moment(event.recordedAt))
  }

  private static let words: [String: (String, String)] = [
    "put": ("Stored", "good"), "use": ("Used", ""), "useFailed": ("Could not be used", "bad"),
    "delete": ("Deleted", "warn"), "authorizationBegun": ("Consent begun", "busy"),
    "authorized": ("Consent given", "good"), "authorizationFailed": ("Consent failed", "bad"),
    "refresh": ("Renewal begun", "busy"), "refreshed": ("Renewed", "good"),
    "refreshFailed": ("Renewal refused", "bad"), "refreshLost": ("Renewal's answer lost", "bad"),
    "rewrapped": ("Sealed with another key", ""),
  ]
}
