import Contract
import Hummingbird
import Presentation
import RPC
import Runtime

/// What an operator sees first. The names are the template's.
struct OverviewPage: Sendable {
  struct Figure: Sendable {
    let label: String
    let value: String
    let note: String
  }

  struct StateLine: Sendable {
    let state: String
    let label: String
    let tone: String
    let orders: Int64
    /// Of the state that has most.
    let most: Int64
  }

  struct WaitingLine: Sendable {
    let orderID: String
    let path: String
    let code: String
    let text: String
    let owner: String
    let since: String
    let sinceISO: String
  }

  struct HealthLine: Sendable {
    let name: String
    let state: String
    let tone: String
    var calls = ""
    var failed = ""
    var p99 = ""
  }

  let environment: String
  /// Services that do not answer: their parts are left out.
  let missing: [String]
  /// For those who hear the page: what changed.
  let said: String
  let hasMoney: Bool
  let hasOrders: Bool
  let money: [Figure]
  let states: [StateLine]
  let waiting: [WaitingLine]
  let health: [HealthLine]
}

extension Console {
  /// Orders that the overview names; the queue has them all.
  private static let waitingMax: Int32 = 8

  static let overview: [Route] = [
    Route(
      .get, "/console", "overview", "What happens now.", audience: .session,
      query: [.environment], answer: .page
    ) { try await overviewPage($0) },
    Route(
      .get, "/console/events", "consoleEvents", "Orders as they change.", audience: .session,
      query: [.text("orderId", "Only this order.")], answer: .events(Order.shape)
    ) { try await OrderEvents.response($0, .changes) },
  ]

  private static func overviewPage(_ call: RouteCall) async throws -> Response {
    let environment = call.environment()
    async let asked = ifServed { try await orders(call, environment) }
    async let books = ifServed { try await money(call, environment) }
    async let services = health(call)
    let (pipeline, figures) = (try await asked, try await books)
    let missing = (pipeline == nil ? ["orders"] : []) + (figures == nil ? ["ledger"] : [])
    let page = OverviewPage(
      environment: environment.word, missing: missing,
      said: pipeline.map { "Orders that wait: \($0.waiting.count)" } ?? "",
      hasMoney: figures != nil, hasOrders: pipeline != nil, money: figures ?? [],
      states: pipeline?.states ?? [], waiting: pipeline?.waiting ?? [], health: await services)
    return call.page("overview", "Overview", .overview, page)
  }

  /// Nil when the service cannot be asked, so that the rest is shown all the same.
  private static func ifServed<Value>(_ read: () async throws -> Value) async throws -> Value? {
    do {
      return try await read()
    } catch {
      guard [503, 504].contains(Problem(error).status) else { throw error }
      return nil
    }
  }

  private static func orders(_ call: RouteCall, _ environment: Contract.Environment) async throws
    -> (states: [OverviewPage.StateLine], waiting: [OverviewPage.WaitingLine])
  {
    async let counts = call.services.orders.countOrders(
      .init(userID: call.userID, environment: environment), options: call.options)
    async let waiting = call.services.orders.listWaiting(
      .init(userID: call.userID, environment: environment, pageSize: waitingMax),
      options: call.options)
    let states = try await counts.counts
    let most = states.map(\.orders).max() ?? 0
    return (
      states.map { count in
        .init(
          state: count.state.shortName, label: Look.words(count.state.shortName),
          tone: Look.tone(count.state), orders: count.orders, most: most)
      }, try await waiting.orders.map { Self.waiting($0) }
    )
  }

  private static func waiting(_ order: Order) -> OverviewPage.WaitingLine {
    let since = order.waiting?.since ?? order.updatedAt
    let owner = Shown.owner(order.waiting?.reason, goesOn: order.waiting?.nextAt != nil)
    return .init(
      orderID: order.orderID, path: Look.path(ofOrder: order.orderID),
      code: order.waiting?.reason?.code ?? "",
      text: Look.sentence(order.waiting?.reason?.text ?? ""), owner: Look.sentence(owner),
      since: Shown.time(since), sinceISO: Look.machineTime(since))
  }

  /// For administrators the platform's books, for a reseller his account.
  private static func money(_ call: RouteCall, _ environment: Contract.Environment) async throws
    -> [OverviewPage.Figure]
  {
    guard call.session?.isAdmin == true else {
      let balance = try await call.services.ledger.getBalance(
        .init(account: call.ownPayee, environment: environment, currency: call.currency),
        options: call.options)
      let owes = (balance.balance?.minorUnits ?? 0) < 0
      return [
        .init(
          label: "Your balance", value: Shown.amount(balance.balance),
          note: owes ? "what you owe; later sales settle it" : "what you are owed"),
        .init(
          label: "In payouts", value: Shown.amount(balance.pending), note: "not with you yet"),
        .init(
          label: "Available", value: Shown.amount(balance.available),
          note: "can be paid out on request"),
      ]
    }
    let books = try await call.services.ledger.trialBalance(
      .init(environment: environment, currency: ""), options: call.options)
    let currencies = Set(books.lines.compactMap { $0.balance?.currency }).sorted()
    return (currencies.isEmpty ? [call.currency] : currencies).flatMap { figures(of: $0, books) }
  }

  private static func figures(of currency: String, _ books: TrialBalanceResponse)
    -> [OverviewPage.Figure]
  {
    var (moneyIn, owed, paidOut, transit): (Int64, Int64, Int64, Int64) = (0, 0, 0, 0)
    for line in books.lines where line.balance?.currency == currency {
      switch line.account {
      case "buyerDeposits": moneyIn = line.credits?.minorUnits ?? 0
      case "payoutsInTransit":
        paidOut = line.debits?.minorUnits ?? 0
        transit = -(line.balance?.minorUnits ?? 0)
      case "adminPayable": owed -= line.balance?.minorUnits ?? 0
      case let account where account.hasPrefix("reseller:"):
        owed -= line.balance?.minorUnits ?? 0
      default: break
      }
    }
    func shown(_ units: Int64) -> String {
      Shown.amount(.init(minorUnits: units, currency: currency))
    }
    return [
      .init(label: "Money in", value: shown(moneyIn), note: "captured from buyers"),
      .init(
        label: "Owed", value: shown(owed),
        note: owed < 0 ? "by payees: losses and holds" : "to resellers and the platform"),
      .init(label: "On its way", value: shown(transit), note: "in payouts not yet confirmed"),
      .init(label: "Paid out", value: shown(paidOut), note: "arrived, or came back"),
    ]
  }

  /// How the services and the providers behind them do; for administrators.
  private static func health(_ call: RouteCall) async -> [OverviewPage.HealthLine] {
    guard call.session?.isAdmin == true else { return [] }
    var options = call.options
    options.timeout = .seconds(2)
    var lines: [OverviewPage.HealthLine] = []
    for (name, channel) in call.services.channels {
      do {
        let answer = try await StatisticsClient(channel).getStatistics(.init(), options: options)
        lines.append(.init(name: Look.sentence(name), state: "Serves", tone: "good"))
        lines += providers(answer)
      } catch {
        lines.append(.init(name: Look.sentence(name), state: "Does not answer", tone: "bad"))
      }
    }
    return lines
  }

  private static func providers(_ answer: GetStatisticsResponse) -> [OverviewPage.HealthLine] {
    let service = answer.process?.service ?? ""
    let open = answer.breakers.filter { $0.state != "closed" }.map { breaker in
      OverviewPage.HealthLine(
        name: "\(asked(breaker.provider, by: service)), account \(breaker.account)",
        state: "Left alone: breaker \(breaker.state)", tone: "bad")
    }
    let called = Dictionary(grouping: answer.outside.filter { $0.calls > 0 }, by: \.provider)
    let calls = called.sorted { $0.key < $1.key }.map { provider, methods in
      let failed = methods.flatMap(\.ended)
        .filter { ["5xx", "not_sent", "unknown"].contains($0.name) }.reduce(0) { $0 + $1.count }
      let slowest = methods.compactMap(\.latency?.p99Nanoseconds).max() ?? 0
      return OverviewPage.HealthLine(
        name: asked(provider, by: service),
        state: failed == 0 ? "No failures" : "Some calls failed",
        tone: failed == 0 ? "good" : "warn",
        calls: "\(methods.reduce(0) { $0 + $1.calls })", failed: "\(failed)",
        p99: Shown.duration(slowest))
    }
    return open + calls
  }

  private static let providerNames = ["paypal": "PayPal", "aliexpress": "AliExpress"]

  private static func asked(_ provider: String, by service: String) -> String {
    "\(Look.sentence(service)) → \(providerNames[provider.lowercased()] ?? provider)"
  }
}
