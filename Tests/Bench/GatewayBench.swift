import ArgumentParser
import Contract
import Foundation
import RPC
import Support

/// What people who look on cost the services: how long GetOrder takes through the socket of `orders`
/// without the gateway's load, and while it serves viewers of live updates and reads.
///
/// All processes run on this machine, the load in one of its own.
struct GatewayBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gateway", abstract: "What viewers and reads over HTTP do to a service's latency.")

  /// Between two measured calls: few enough that they are no load themselves.
  private static let pause = Duration.milliseconds(2)
  private static let ordersMade = 60

  @Option(help: "Viewers of live updates.") var viewers = 200
  @Option(help: "Reads per second, over HTTP.") var reads = 500
  @Option(help: "Seconds per measurement.") var seconds = 10
  @Option(help: "Rounds, each without and with the load; medians are reported.") var rounds = 3
  @Flag(help: "One line per figure: name TAB value TAB unit.") var tsv = false

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
    _ = try await latencies(shop, .seconds(2))
    var (idle, loaded): ([[Double]], [[Double]]) = ([], [])
    var told: [String: [Double]] = [:]
    for round in 0..<rounds {
      idle.append(try await latencies(shop, .seconds(seconds)))
      let load = try load(shop.cluster, url, round)
      _ = try await load.ready(within: .seconds(60))
      let before = ProcessUse(of: gateway.processID).cpuSeconds
      loaded.append(try await latencies(shop, .seconds(seconds)))
      told["gateway.cpu", default: []].append(
        (ProcessUse(of: gateway.processID).cpuSeconds - before) / Double(seconds) * 100)
      _ = await load.waitForExit()
      for line in load.ownLog.split(separator: "\n") {
        let parts = line.split(separator: "\t")
        guard parts.count == 2, let value = Double(parts[1]) else { continue }
        told[String(parts[0]), default: []].append(value)
      }
    }
    for (name, share) in [("p50", 0.5), ("p99", 0.99)] {
      let (alone, under) = (
        idle.map { percentile($0, share) }, loaded.map { percentile($0, share) }
      )
      figures.add("getOrder.\(name).idle", median(alone), "ms", decimals: 3)
      figures.add("getOrder.\(name).load", median(under), "ms", decimals: 3)
      figures.add(
        "getOrder.\(name).ratio", median(zip(under, alone).map { $0 / $1 }), "times", decimals: 2)
    }
    let units = ["http.p50": "ms", "http.p99": "ms", "http.rate": "reads/s", "gateway.cpu": "%"]
    for (name, values) in told.sorted(by: { $0.key < $1.key }) {
      figures.add(name, median(values), units[name] ?? "", decimals: 1)
    }
    let use = ProcessUse(of: gateway.processID)
    figures.add("gateway.memory", use.residentMebibytes, "MiB")
  }

  /// The milliseconds of calls that follow each other.
  private func latencies(_ shop: Shop, _ time: Duration) async throws -> [Double] {
    var milliseconds: [Double] = []
    let end = ContinuousClock.now + time
    while ContinuousClock.now < end {
      let start = ContinuousClock.now
      _ = try await shop.order("seen-0")
      milliseconds.append((ContinuousClock.now - start) / .milliseconds(1))
      try await Task.sleep(for: Self.pause)
    }
    return milliseconds
  }

  private func load(_ cluster: Cluster, _ url: String, _ round: Int) throws -> Program {
    let (status, token) = try Program.output(
      of: "\(Program.binaries)/dropwire",
      ["token", "admin:1", "--secret-file", "\(cluster.directory)/jwt.secret"], [:])
    precondition(status == 0, "\(token)")
    return try Program(
      "bench",
      arguments: [
        "gateway-load", url, "--token", token.trimmingCharacters(in: .whitespacesAndNewlines),
        "--viewers", "\(viewers)", "--reads", "\(reads)", "--seconds", "\(seconds + 1)", "--prefix",
        "round-\(round)",
      ],
      environment: cluster.environment, logPath: "\(cluster.directory)/log/load-\(round).log")
  }
}
