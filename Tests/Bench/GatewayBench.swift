import ArgumentParser
import Contract
import Foundation
import RPC
import Support

/// What people who look on cost the services: how long a read takes through the sockets of `orders`,
/// `purchasing` and `ledger` without the gateway's load, and while it serves viewers of live updates
/// and reads. An order is sold each second in both cases, so that there is something to see.
///
/// All processes run on this machine, the load in one of its own.
struct GatewayBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gateway", abstract: "What viewers and reads over HTTP do to services' latency.")

  /// Between two measured calls: few enough that they are no load themselves.
  private static let pause = Duration.milliseconds(2)
  private static let ordersMade = 60

  @Option(help: "Viewers of live updates.") var viewers = 200
  @Option(help: "People whom the viewers are, administrators but for one reseller.") var people = 20
  @Option(help: "Reads per second, over HTTP.") var reads = 500
  @Option(help: "Seconds per measurement.") var seconds = 12
  @Option(help: "Rounds, each without and with the load; medians are reported.") var rounds = 5
  @Flag(help: "One line per figure: name TAB value TAB unit.") var tsv = false

  func validate() throws {
    guard people > 0, viewers >= people, seconds > 1, rounds > 0, reads > 0 else {
      throw ValidationError("there must be a second, a read, a round, and a viewer for each person")
    }
  }

  func run() async throws {
    var figures = Figures()
    try await Cluster.with(
      environment: ["DROPWIRE_LOG_LEVEL": "warning", "DROPWIRE_OUTSIDE_RATE_PER_SECOND": "1000000"]
    ) { cluster in
      let shop = try await Shop(in: cluster)
      for number in 0..<Self.ordersMade { try await shop.sell("seen-\(number)") }
      for number in 0..<Self.ordersMade { try await shop.finished("seen-\(number)") }
      let (gateway, url) = try await cluster.startGateway(environment: [
        "DROPWIRE_GATEWAY_VIEWERS_OF_ONE": "10000", "DROPWIRE_LOG_LEVEL": "warning",
      ])
      do {
        try await measure(shop, url, gateway, &figures)
        await gateway.killNow()
      } catch {
        await gateway.killNow()
        throw error
      }
    }
    if tsv { figures.printTSV() } else { figures.printTable() }
  }

  private func measure(_ shop: Shop, _ url: String, _ gateway: Program, _ figures: inout Figures)
    async throws
  {
    _ = try await look(shop, .seconds(2), sellingAs: "warm")
    var (idle, loaded): ([Looks], [Looks]) = ([], [])
    var told: [String: [Double]] = [:]
    for round in 0..<rounds {
      idle.append(try await look(shop, .seconds(seconds), sellingAs: "idle-\(round)"))
      let load = try load(shop.cluster, url, round)
      do {
        _ = try await load.ready(within: .seconds(60))
        let before = ProcessUse(of: gateway.processID).cpuSeconds
        loaded.append(try await look(shop, .seconds(seconds), sellingAs: "load-\(round)"))
        told["gateway.cpu", default: []].append(
          (ProcessUse(of: gateway.processID).cpuSeconds - before) / Double(seconds) * 100)
        _ = await load.waitForExit()
      } catch {
        await load.killNow()
        throw error
      }
      for line in load.ownLog.split(separator: "\n") {
        let parts = line.split(separator: "\t")
        guard parts.count == 2, let value = Double(parts[1]) else { continue }
        told[String(parts[0]), default: []].append(value)
      }
    }
    compare(idle, loaded, &figures)
    for (name, values) in told.sorted(by: { $0.key < $1.key }) {
      figures.add(name, median(values), Self.units[name] ?? "", decimals: 1)
    }
    let use = ProcessUse(of: gateway.processID)
    figures.add("gateway.memory", use.residentMebibytes, "MiB")
  }

  private static let units = [
    "http.p50": "ms", "http.p99": "ms", "http.rate": "reads/s", "gateway.cpu": "%", "load.cpu": "%",
    "viewers.p50": "ms", "viewers.p99": "ms",
  ]

  private func compare(_ idle: [Looks], _ loaded: [Looks], _ figures: inout Figures) {
    for service in Looks.services {
      for (name, share) in [("p50", 0.5), ("p99", 0.99)] {
        let alone = idle.map { percentile($0.milliseconds[service] ?? [], share) }
        let under = loaded.map { percentile($0.milliseconds[service] ?? [], share) }
        figures.add("\(service).\(name).idle", median(alone), "ms", decimals: 3)
        figures.add("\(service).\(name).load", median(under), "ms", decimals: 3)
        figures.add(
          "\(service).\(name).ratio", median(zip(under, alone).map { $0 / $1 }), "times",
          decimals: 2)
      }
    }
  }

  /// The milliseconds of calls that follow each other, by service.
  private struct Looks {
    static let services = ["orders", "purchasing", "ledger"]
    var milliseconds: [String: [Double]] = [:]
  }

  /// Looks at one service after the other, while an order is sold each second.
  private func look(_ shop: Shop, _ time: Duration, sellingAs prefix: String) async throws -> Looks
  {
    let end = ContinuousClock.now + time
    async let selling: Void = sell(shop, prefix, until: end)
    var looks = Looks()
    var turn = 0
    while ContinuousClock.now < end {
      let service = Looks.services[turn % Looks.services.count]
      let start = ContinuousClock.now
      try await ask(service, shop)
      looks.milliseconds[service, default: []]
        .append((ContinuousClock.now - start) / .milliseconds(1))
      try await Task.sleep(for: Self.pause)
      turn += 1
    }
    try await selling
    return looks
  }

  private func ask(_ service: String, _ shop: Shop) async throws {
    let options = Shop.asOperator
    switch service {
    case "orders": _ = try await shop.order("seen-0")
    case "purchasing":
      _ = try await shop.cluster.purchasing.getPurchase(
        .init(orderID: "seen-0"), options: options)
    default: _ = try await shop.cluster.ledger.getSale(.init(orderID: "seen-0"), options: options)
    }
  }

  /// An order each second, from checkout to payouts.
  private func sell(_ shop: Shop, _ prefix: String, until end: ContinuousClock.Instant)
    async throws
  {
    var (number, next) = (0, ContinuousClock.now)
    while next < end {
      try await Task.sleep(until: next, clock: .continuous)
      try await shop.sell("\(prefix)-\(number)")
      number += 1
      next += .seconds(1)
    }
  }

  private func load(_ cluster: Cluster, _ url: String, _ round: Int) throws -> Program {
    let persons = ["reseller:42"] + (1..<max(2, people)).map { "admin:\($0)" }
    let tokens = try persons.prefix(people).map { person in
      let (status, token) = try Program.output(
        of: "\(Program.binaries)/dropwire",
        ["token", person, "--secret-file", "\(cluster.directory)/jwt.secret"], [:])
      guard status == 0 else { throw ChildProcess.Failure(description: "no token: \(token)") }
      return token.trimmingCharacters(in: .whitespacesAndNewlines)
    }
    return try Program(
      "bench",
      arguments: [
        "gateway-load", url, "--viewers", "\(viewers)", "--reads", "\(reads)", "--seconds",
        "\(seconds + 1)",
      ] + tokens.flatMap { ["--token", $0] },
      environment: cluster.environment, logPath: "\(cluster.directory)/log/load-\(round).log")
  }
}
