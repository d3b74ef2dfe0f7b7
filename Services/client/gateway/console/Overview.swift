import Contract
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
    ) { call in
      let environment = call.environment()
      async let counts = call.services.orders.countOrders(
        .init(userID: call.userID, environment: environment), options: call.options)
      async let waiting = call.services.orders.listWaiting(
        .init(userID: call.userID, environment: environment, pageSize: waitingMax),
        options: call.options)
      async let money = money(call, environment)
      async let health = health(call)
      let states = try await counts.counts
      let most = states.map(\.orders).max() ?? 0
      return call.page(
        "overview", "Overview", .overview,
        OverviewPage(
          environment: environment.word, money: try await money,
          states: states.map { count in
            .init(
              state: count.state.shortName, label: Look.words(count.state.shortName),
              tone: Look.tone(count.state), orders: count.orders, most: most)
          },
          waiting: try await waiting.orders.map { Self.waiting($0) }, health: await health))
    },
    Route(
      .get, "/console/events", "consoleEvents", "Orders as they change.", audience: .session,
      query: [.text("orderId", "Only this order.")], answer: .events(Order.shape)
    ) { try await OrderEvents.response($0, .changes) },
  ]

  private static func waiting(_ order: Order) -> OverviewPage.WaitingLine {
    let since = order.waiting?.since ?? order.updatedAt
    return .init(
      orderID: order.orderID, path: Look.path(ofOrder: order.orderID),
      code: order.waiting?.reason?.code ?? "", text: order.waiting?.reason?.text ?? "",
      owner: order.waiting?.reason?.owner ?? "", since: Shown.time(since),
      sinceISO: Look.machineTime(since))
  }

  /// For administrators the platform's books, for a reseller his account.
  private static func money(_ call: RouteCall, _ environment: Contract.Environment) async throws
    -> [OverviewPage.Figure]
  {
    guard call.session?.isAdmin == true else {
      let balance = try await call.services.ledger.getBalance(
        .init(account: call.ownPayee, environment: environment, currency: call.currency),
        options: call.options)
      return [
        .init(
          label: "Your balance", value: Shown.amount(balance.balance), note: "what you are owed"),
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
      .init(label: "Owed", value: shown(owed), note: "to resellers and the platform"),
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
        lines.append(.init(name: name, state: "serving", tone: "good"))
        lines += providers(answer)
      } catch {
        lines.append(.init(name: name, state: "does not answer", tone: "bad"))
      }
    }
    return lines
  }

  private static func providers(_ answer: GetStatisticsResponse) -> [OverviewPage.HealthLine] {
    let service = answer.process?.service ?? ""
    let open = answer.breakers.filter { $0.state != "closed" }.map { breaker in
      OverviewPage.HealthLine(
        name: "\(service) → \(breaker.provider), account \(breaker.account)",
        state: "breaker \(breaker.state)", tone: "bad")
    }
    let called = Dictionary(grouping: answer.outside.filter { $0.calls > 0 }, by: \.provider)
    let calls = called.sorted { $0.key < $1.key }.map { provider, methods in
      let failed = methods.flatMap(\.ended)
        .filter { ["5xx", "not_sent", "unknown"].contains($0.name) }.reduce(0) { $0 + $1.count }
      let slowest = methods.compactMap(\.latency?.p99Nanoseconds).max() ?? 0
      return OverviewPage.HealthLine(
        name: "\(service) → \(provider)",
        state: failed == 0 ? "well" : "with failures", tone: failed == 0 ? "good" : "warn",
        calls: "\(methods.reduce(0) { $0 + $1.calls })", failed: "\(failed)",
        p99: Shown.duration(slowest))
    }
    return open + calls
  }
}
