import Contract
import Foundation
import Measure
import Outside
import RPC
import Runtime
import Synchronization

/// What the gateway counts: how often each route was asked, how that ended, how long it took.
///
/// Live updates are counted until they begin.
final class DoorFigures: Sendable {
  private final class One: Sendable {
    let latency = LatencyHistogram()
    let inFlight = Atomic<Int>(0)
    /// By the service's status, `OK` or a problem's code.
    let ended = Mutex<[String: Int]>([:])

    func count(_ code: String) { ended.withLock { $0[code, default: 0] += 1 } }
  }

  private let startedAt = Date()
  private let routes: [String: One]
  private let sources: StatisticsSources

  /// - Parameters:
  ///   - routes: names of all routes.
  ///   - sources: what else of the process is counted.
  init(_ routes: [String], sources: StatisticsSources) {
    self.routes = Dictionary(uniqueKeysWithValues: routes.map { ($0, One()) })
    self.sources = sources
  }

  /// Runs the answer to a request and counts it.
  func counting<Answer>(_ route: String, _ answer: () async throws -> Answer) async throws -> Answer
  {
    guard let one = routes[route] else { return try await answer() }
    let begin = ContinuousClock.now
    one.inFlight.add(1, ordering: .relaxed)
    defer {
      one.inFlight.subtract(1, ordering: .relaxed)
      one.latency.record(ContinuousClock.now - begin)
    }
    do {
      let made = try await answer()
      one.count("OK")
      return made
    } catch {
      one.count(Problem(error).code)
      throw error
    }
  }

  /// Everything in Prometheus' text format, as the services' own. A route is a method of `http`.
  var prometheus: String {
    let served = routes.sorted { $0.key < $1.key }.map { name, one in
      let ended = one.ended.withLock { $0 }
      return MethodStatistics(
        service: "http", method: name, calls: Int64(ended.values.reduce(0, +)),
        inFlight: Int64(one.inFlight.load(ordering: .relaxed)),
        ended: ended.sorted { $0.key < $1.key }.map { .init(name: $0.key, count: Int64($0.value)) },
        latency: LatencyStatistics(one.latency.histogram))
    }
    var text = PrometheusText()
    text.add(
      "gateway", sources.statistics(of: "gateway", since: startedAt, server: nil, served: served))
    return text.text
  }
}
