import Contract
import Foundation
import Support

/// One fault run: sells all orders while everything goes wrong, lets it settle, and judges.
///
/// **Invariant:** it ends by itself. Faults and kills end when nearly all orders are settled, or at
/// `Size.deadline`; then what is left ends in peace, for as long as some of it does now and then, at
/// most for `Size.settle`, and is judged as it is.
struct Run: Sendable {
  struct Size: Sendable {
    let orders: Int
    let lanes: Int
    /// Between two kills of one service, on average.
    let killPause: Duration
    /// When faults and kills end at the latest; what is not sold by then is sold in peace.
    let deadline: ContinuousClock.Instant
    /// How long everything may take afterwards.
    let settle: Duration
    /// When every buyer has given up.
    var closing: ContinuousClock.Instant { deadline + settle / 2 }
  }

  /// For faults that are aimed at no order.
  private static let strayProbability = 0.006
  /// Of each of them, for the few calls that bring tokens.
  private static let tokenProbability = 0.03
  /// Purchasing is killed less often: a visit to the shop takes seconds, and some are to end.
  private static let shopFactor = 2.0
  private static let lookPause = Duration.milliseconds(500)
  private static let reportPause = Duration.seconds(10)
  /// When nothing has settled for so long, nothing will: the longest pause of the services is a minute.
  private static let stall = Duration.seconds(150)

  let market: Market
  let scenarios: [Scenario]
  let size: Size
  let notes: Notes
  let people: Operator

  init(in cluster: Cluster, _ size: Size, _ scenarios: [Scenario], _ notes: Notes) async throws {
    market = try await Market(in: cluster)
    (self.scenarios, self.size, self.notes) = (scenarios, size, notes)
    people = Operator(market: market, scenarios: scenarios, notes: notes)
  }

  private var cluster: Cluster { market.cluster }

  /// Sells everything while everything goes wrong; answers how many orders were begun in time.
  func sell(_ generator: inout SeededGenerator, steps: [Cluster.ServiceName: [String]]) async throws
    -> Int
  {
    try await misbehave()
    let killers = Cluster.ServiceName.allCases.map { service in
      let killer = Killer(
        cluster: cluster, service: service, steps: steps[service] ?? [],
        pause: size.killPause * (service == .purchasing ? Self.shopFactor : 1),
        environment: market.environment(of: service),
        notes: notes)
      return (killer, generator.branch())
    }
    let killing = killers.map { killer, generator in Task { await killer.goOn(generator) } }
    let unsteady = Task { await changeTheSupplier() }
    let helping = Task { await people.goOn() }
    let begun = try await withThrowingTaskGroup(of: Int.self) { group in
      group.addTask { await buyAll() }
      await waitForMost()
      notes.endKilling()
      unsteady.cancel()
      await unsteady.value
      try await calmDown()
      return try await group.next()
    }
    for task in killing { await task.value }
    helping.cancel()
    await helping.value
    return begun ?? 0
  }

  /// Goes on until all but a few orders are settled, or the time is over.
  private func waitForMost() async {
    let few = max(size.orders / 50, 2)
    await lookAgain(until: size.deadline) { aftermath in
      aftermath.orders.count >= size.orders && aftermath.open.count <= few
    }
  }

  private func calmDown() async throws {
    try await cluster.sandbox.settings([
      "repeatedOrder": "firstIDs", "accessTokenSeconds": 2_592_000,
    ])
    try await cluster.sandbox.clearFaults()
  }

  private func misbehave() async throws {
    for kind in FaultKind.all where kind.aim == .everybody {
      var extra: [String: any Sendable] = [:]
      if let delay = kind.delays.first { extra["delayMilliseconds"] = delay }
      try await cluster.sandbox.fault(
        kind.name, times: -1, probability: Self.strayProbability, extra: extra)
      guard kind.stages.contains(.tokens) else { continue }
      try await cluster.sandbox.fault(
        kind.name, times: -1, probability: Self.tokenProbability, match: "/auth/token",
        extra: extra)
    }
  }

  /// Makes tokens live short from time to time, and lets the supplier answer repeated orders with an
  /// error for a while, so that persons must find out.
  private func changeTheSupplier() async {
    var isStrict = false
    var round = 0
    while !Task.isCancelled {
      let reseller = Scenario.resellers[round % Scenario.resellers.count]
      await people.attempt("the supplier changes") {
        try await cluster.sandbox.settings([
          "repeatedOrder": isStrict ? "repeatedOrderError" : "firstIDs",
          "accessTokenSeconds": 20,
        ])
        if round % 2 == 0 { try await market.authorize(reseller) }
      }
      isStrict = round % 3 == 1
      round += 1
      try? await Task.sleep(for: .seconds(2))
    }
  }

  private func buyAll() async -> Int {
    let buyer = Buyer(market: market, notes: notes, closing: size.closing)
    return await withTaskGroup(of: Int.self) { group in
      for lane in 0..<size.lanes {
        group.addTask {
          var begun = 0
          for index in stride(from: lane, to: scenarios.count, by: size.lanes) {
            if ContinuousClock.now > size.closing { break }
            begun += 1
            do {
              try await buyer.buy(scenarios[index])
            } catch {
              notes.violated("the run itself failed: \(error)", scenarios[index].orderID)
            }
          }
          return begun
        }
      }
      return await group.reduce(0, +)
    }
  }

  /// Waits until nothing is under way any more, with people helping.
  func settle() async throws -> Aftermath {
    let helping = Task { await people.goOn() }
    var fewest = Int.max
    var stallsAt = ContinuousClock.now + Self.stall
    await lookAgain(until: .now + size.settle) { aftermath in
      let open = aftermath.open.count
      if open < fewest { (fewest, stallsAt) = (open, .now + Self.stall) }
      return (open == 0 && people.fundings.open.isEmpty) || ContinuousClock.now > stallsAt
    }
    helping.cancel()
    await helping.value
    return try await Aftermath.read(people)
  }

  /// Looks at everything from time to time until it is as wished, or the time is over.
  private func lookAgain(
    until end: ContinuousClock.Instant, _ isAsWished: (Aftermath) -> Bool
  ) async {
    var reportAt = ContinuousClock.now + Self.reportPause
    while ContinuousClock.now < end {
      // A service that is away is asked again.
      if let aftermath = try? await Aftermath.read(people) {
        for order in aftermath.silent { notes.violated("it waits without a reason", order) }
        if isAsWished(aftermath) { return }
        if ContinuousClock.now > reportAt {
          print(aftermath.summary)
          fflush(nil)
          reportAt = .now + Self.reportPause
        }
      }
      try? await Task.sleep(for: Self.lookPause)
    }
  }

  /// What the services say about the course of all orders.
  func times(_ aftermath: Aftermath) async throws -> [String: OrderTimes] {
    try await withThrowingTaskGroup(of: [(String, OrderTimes)].self) { group in
      let names = aftermath.orders.keys.sorted()
      for lane in 0..<16 {
        group.addTask {
          var found: [(String, OrderTimes)] = []
          for index in stride(from: lane, to: names.count, by: 16) {
            found.append((names[index], try await times(of: names[index], aftermath)))
          }
          return found
        }
      }
      return try await group.reduce(into: [:]) { all, found in
        for (name, times) in found { all[name] = times }
      }
    }
  }

  private func times(of orderID: String, _ aftermath: Aftermath) async throws -> OrderTimes {
    let history = try await cluster.orders.getOrderHistory(
      .init(orderID: orderID), options: Market.options)
    let purchase = try? await cluster.purchasing.getPurchase(
      .init(orderID: orderID), options: Market.options)
    let ends = (aftermath.payouts[orderID] ?? []).map { $0.updatedAt?.milliseconds ?? 0 }
    return OrderTimes(
      events: history.events, purchase: purchase, payoutsEndedAt: ends.max() ?? .max)
  }
}
