import Contract
import Presentation
import RPC

/// What a person must look at, the oldest first. The names are the template's.
struct QueuePage: Sendable {
  struct Card: Sendable {
    let line: OrderLine
    let wait: WaitBox
    let actions: [ActionForm]
  }

  let filters: [FormField]
  let cards: [Card]
  let hasMore: Bool
  /// For those who hear the page: how many there are.
  let said: String
}

/// Why an order waits, for people. The names are the templates'.
struct WaitBox: Sendable {
  let tone: String
  let text: String
  let code: String
  let since: String
  let sinceISO: String
  let next: String
  let nextAt: String
  let nextISO: String
  let who: String
  /// Where the cause is put right; empty when that is nowhere in the console.
  let curePath: String
  let cureLabel: String

  /// What is cured by connecting the supplier.
  private static let aboutConnections: Set<String> = [
    "NO_CREDENTIALS", "CREDENTIALS_EXPIRED", "CREDENTIALS_REVOKED", "CREDENTIALS_UNDECRYPTABLE",
  ]

  init(_ order: Order) {
    let waiting = order.waiting ?? Waiting()
    let goesOn = waiting.nextAt != nil
    tone = goesOn ? "busy" : "warn"
    text = Look.sentence(waiting.reason?.text ?? "")
    code = waiting.reason?.code ?? ""
    let isAboutConnection = order.userID != 0 && Self.aboutConnections.contains(code)
    curePath = isAboutConnection ? Connection.path(order.userID, order.environment) : ""
    cureLabel = isAboutConnection ? "Connect AliExpress" : ""
    since = Shown.time(waiting.since)
    sinceISO = Look.machineTime(waiting.since)
    next = Look.sentence(waiting.next)
    nextAt = Shown.time(waiting.nextAt)
    nextISO = Look.machineTime(waiting.nextAt)
    who = Look.sentence(Shown.owner(waiting.reason, goesOn: goesOn))
  }
}

extension Console {
  private static let patiences: [(value: String, label: String)] = [
    ("600", "10 minutes"), ("3600", "an hour"), ("86400", "a day"),
  ]

  static let queue = Route(
    .get, "/console/queue", "queuePage", "What a person must look at.", audience: .session,
    query: [
      .text("environment", "Only in this world."),
      .text("seconds", "From when on what goes on by itself is shown."),
    ], answer: .page
  ) { call in
    let given = call.query.text("seconds")
    let seconds = patiences.contains { $0.value == given } ? given : "3600"
    let answer = try await call.services.orders.listWaiting(
      .init(
        userID: call.userID, environment: world(call), longerThanSeconds: Int64(seconds) ?? 0),
      options: call.options)
    let patience = FormField(
      "seconds", "Or waits longer than", .list(patiences), value: seconds, isRequired: false)
    return call.page(
      "queue", "To do", .queue,
      QueuePage(
        filters: [environmentFilter(call), patience],
        cards: answer.orders.map { order in
          QueuePage.Card(
            line: OrderLine(order), wait: WaitBox(order),
            actions: ActionForm.all(
              order, isAdmin: call.session?.isAdmin == true, back: "/console/queue"))
        }, hasMore: answer.hasMore, said: "Orders to do: \(answer.orders.count)"))
  }
}
