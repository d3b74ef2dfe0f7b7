import ArgumentParser
import Contract
import Foundation
import Support

/// Sells orders through the real processes while the outside world misbehaves in all its ways and the
/// services are killed, then holds everything against the truth. Run through `compose/chaos`.
@main struct ChaosMain: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chaos",
    abstract: "Orders under faults and kills: nothing lost, nothing twice, nothing silent.",
    discussion: "Exits with 1 when a promise was broken, and tells the stories of those orders.")

  /// Stories that are told at most.
  private static let storiesMax = 5

  @Option(help: "Orders to sell.") var orders = 2000
  @Option(help: "How many of them are bought with a browser; a number in 25 unless told.")
  var browser: Int?
  @Option(help: "Buyers at the same time.") var lanes = 32
  @Option(help: "Faults and kills end after so many seconds, if not all orders are settled before.")
  var seconds = 150
  @Option(help: "Seconds for the rest to settle in peace, while some of it does now and then.")
  var settle = 600
  @Option(help: "Seconds between two kills of each service, on average.") var killEvery = 4.0
  @Option(help: "Repeats the choice of scenarios, faults and kills of an earlier run.")
  var seed: UInt64?
  @Flag(help: "Print what is chosen for each order, and run nothing.") var plan = false

  func run() async throws {
    let seed = seed ?? UInt64.random(in: 1...999_999_999)
    print("seed \(seed)")
    fflush(nil)
    var generator = SeededGenerator(seed: seed)
    let scenarios = Scenario.draw(orders, houses: houses(), &generator)
    if plan { return scenarios.forEach { print($0) } }
    let size = Run.Size(
      orders: orders, lanes: lanes, killPause: .seconds(killEvery),
      deadline: .now + .seconds(seconds), settle: .seconds(settle))
    let notes = Notes()
    let steps = try Self.steps()
    let environment = [
      "DROPWIRE_SANDBOX_ALIEXPRESS_CALLBACK_URL": Market.callback,
      "DROPWIRE_BROWSER_SETTLE_SECONDS": "5",
    ]
    try await Cluster.with(environment: environment, start: []) { cluster in
      print("in \(cluster.directory)")
      for service in Cluster.ServiceName.allCases {
        try await cluster.start(
          service, environment: Market.environment(of: service, in: cluster))
      }
      let run = try await Run(in: cluster, size, scenarios, notes)
      let begin = ContinuousClock.now
      let begun = try await run.sell(&generator, steps: steps)
      if begun < orders { notes.violated("only \(begun) of \(orders) orders were begun in time") }
      let sold = ContinuousClock.now
      print("\(begun) orders sold in \(Self.seconds(sold - begin)) s; kills and faults are over")
      fflush(nil)
      let aftermath = try await run.settle()
      print("settled in \(Self.seconds(ContinuousClock.now - sold)) s")
      let judge = Judge(scenarios: Array(scenarios), aftermath: aftermath, notes: notes)
      judge.judgeOrders()
      try await judge.judgeBooks(cluster)
      try await report(run, aftermath, steps)
      if !notes.violations.isEmpty {
        print("repeat the choice of faults with --seed \(seed)")
        throw ExitCode.failure
      }
    }
  }

  /// Orders that need a browser; none, with a note, where there is no browser.
  private func houses() -> Int {
    let wanted = browser ?? orders * 4 / 100
    let programs = ["/usr/bin/chromium", "/usr/bin/chromedriver"]
    guard wanted > 0,
      let missing = programs.first(where: { !FileManager.default.isExecutableFile(atPath: $0) })
    else { return min(wanted, orders) }
    print("no orders with the browser: \(missing) is not installed")
    return 0
  }

  private static func seconds(_ duration: Duration) -> Int64 { duration.components.seconds }

  /// The named steps of each service at which it may be killed; a release build has none.
  private static func steps() throws -> [Cluster.ServiceName: [String]] {
    var steps: [Cluster.ServiceName: [String]] = [:]
    for service in Cluster.ServiceName.allCases {
      let (_, text) = try Program.output(
        of: "\(Program.binaries)/\(service.rawValue)", ["--list-steps"], [:])
      steps[service] = text.split(separator: "\n").map(String.init)
    }
    return steps
  }

  // MARK: Report

  private func report(
    _ run: Run, _ aftermath: Aftermath, _ steps: [Cluster.ServiceName: [String]]
  ) async throws {
    let times = try await run.times(aftermath)
    let strikes = try await run.market.cluster.sandbox.strikes()
    var table = CellTable()
    table.add(strikes, times)
    table.add(run.notes.kills, times)
    print("\nfaults and kills by the stage of the orders that they hit:\n")
    table.lines().forEach { print($0) }
    reportSteps(run.notes.kills, steps)
    let missed = table.missed
    print("\n\(table.cells - missed.count) of \(table.cells) cells hit, \(strikes.count) faults")
    for cell in missed { print("never hit: \(cell)") }
    let known = Set(FaultKind.all.map(\.name))
    for name in try await run.market.cluster.sandbox.faultNames() where !known.contains(name) {
      print("not part of this run: \(name)")
    }
    reportEnds(aftermath, run.notes)
    try await reportViolations(run, aftermath)
  }

  private func reportSteps(_ kills: [Notes.Kill], _ steps: [Cluster.ServiceName: [String]]) {
    let died = Dictionary(grouping: kills.compactMap(\.step)) { $0 }.mapValues(\.count)
    print("\n\(kills.count) kills, \(died.values.reduce(0, +)) of them at these steps:")
    for step in Cluster.ServiceName.allCases.flatMap({ steps[$0] ?? [] }) {
      print("  \(CellTable.padded(step, 40)) \(died[step].map(String.init) ?? "never hit")")
    }
  }

  private func reportEnds(_ aftermath: Aftermath, _ notes: Notes) {
    let ends = Dictionary(grouping: aftermath.orders.values, by: \.state.shortName)
    print("\norders in the end:")
    for (name, orders) in ends.sorted(by: { $0.key < $1.key }) {
      print("  \(orders.count) \(name)")
    }
    let visited = aftermath.truth.aliexpress.orders.filter { $0.path == "browser" }
    print("  \(Set(visited.map(\.boughtFor)).count) of them bought with a browser")
    let payouts = Dictionary(grouping: aftermath.payouts.values.joined(), by: \.state.shortName)
    print("payouts in the end:")
    for (name, all) in payouts.sorted(by: { $0.key < $1.key }) { print("  \(all.count) \(name)") }
    print("what people did:")
    for (name, count) in notes.actions.sorted(by: { $0.key < $1.key }) {
      print("  \(count) \(name)")
    }
  }

  private func reportViolations(_ run: Run, _ aftermath: Aftermath) async throws {
    let violations = run.notes.violations
    if violations.isEmpty {
      return print("\nnothing lost, nothing twice, nothing silent; the books are PayPal's truth")
    }
    print("\n\(violations.count) broken promises:")
    for violation in violations { print("  \(violation.orderID): \(violation.text)") }
    let story = Story(cluster: run.market.cluster, aftermath: aftermath)
    let named = violations.map(\.orderID).filter { !$0.isEmpty }
    var told: Set<String> = []
    for orderID in named where told.count < Self.storiesMax && told.insert(orderID).inserted {
      print("\nthe story of \(orderID):")
      for line in await story.tell(orderID) { print("  \(line)") }
    }
  }
}
