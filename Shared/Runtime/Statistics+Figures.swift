public import Contract
public import Measure
import Outside
import RPC
import Store

extension LatencyStatistics {
  /// Upper bounds of the buckets, in nanoseconds.
  static let bounds = Histogram.upperBounds.map { Int64($0) }

  public init(_ histogram: Histogram) {
    let used = histogram.counts.lastIndex { $0 > 0 }.map { $0 + 1 } ?? 0
    self.init(
      count: Int64(histogram.count), sumNanoseconds: Int64(histogram.sumNanoseconds),
      maxNanoseconds: Int64(histogram.maxNanoseconds),
      p50Nanoseconds: Int64(histogram.quantile(0.5) ?? 0),
      p99Nanoseconds: Int64(histogram.quantile(0.99) ?? 0),
      bucketCounts: histogram.counts.prefix(used).map { Int64($0) })
  }
}

extension LatencyStatistics {
  /// The times that came after an earlier look at the same process. The longest of these is not
  /// known: the longest of all stands for it.
  ///
  /// - Parameter bounds: those that came with both; without them, or with others than ours, the
  ///   answer is this one as it is.
  public func since(_ earlier: LatencyStatistics, bounds: [Int64]) -> LatencyStatistics {
    guard bounds == Self.bounds, let now = histogram, let before = earlier.histogram else {
      return self
    }
    return LatencyStatistics(now.since(before))
  }

  /// Nil when it has more buckets than ours.
  private var histogram: Histogram? {
    let missing = Histogram.bucketCount - bucketCounts.count
    guard missing >= 0 else { return nil }
    return Histogram(
      counts: bucketCounts.map { Int($0) } + Array(repeating: 0, count: missing),
      sumNanoseconds: Int(sumNanoseconds), maxNanoseconds: Int(maxNanoseconds))
  }
}

extension ServerStatistics {
  init(_ figures: ServerFigures) {
    self.init(
      connectionsOpen: Int64(figures.connectionsOpen),
      connectionsAccepted: Int64(figures.connectionsAccepted),
      connectionsRefused: Int64(figures.connectionsRefused),
      callsRunning: Int64(figures.callsRunning), callsOverloaded: Int64(figures.callsOverloaded),
      callsExpired: Int64(figures.callsExpired), callsAbandoned: Int64(figures.callsAbandoned),
      callsMalformed: Int64(figures.callsMalformed),
      callsTurnedAway: Int64(figures.callsTurnedAway))
  }
}

extension MethodStatistics {
  init(_ figures: MethodFigures) {
    self.init(
      service: figures.service, method: figures.method, calls: Int64(figures.calls),
      inFlight: Int64(figures.inFlight),
      ended: StatusCode.allCases.compactMap { code in
        figures.ended[code].map { NamedCount(name: code.description, count: Int64($0)) }
      },
      repeats: Int64(figures.repeats), bytesReceived: Int64(figures.bytesReceived),
      bytesSent: Int64(figures.bytesSent), latency: LatencyStatistics(figures.latency))
  }
}

extension OutsideStatistics {
  init(_ figures: OutsideFigures) {
    let (seconds, attoseconds) = figures.waited.components
    self.init(
      provider: figures.provider, method: figures.method, origin: figures.origin,
      calls: Int64(figures.calls), inFlight: Int64(figures.inFlight),
      ended: OutsideFigures.Ending.allCases.compactMap { ending in
        figures.ended[ending].map { NamedCount(name: ending.rawValue, count: Int64($0)) }
      },
      waits: Int64(figures.waits),
      waitedMilliseconds: seconds * 1000 + attoseconds / 1_000_000_000_000_000,
      rateLimited: Int64(figures.rateLimited), breakerRefused: Int64(figures.breakerRefused),
      latency: LatencyStatistics(figures.latency))
  }
}

extension BreakerStatistics {
  init(_ figures: BreakerFigures) {
    self.init(
      provider: figures.provider, account: figures.account, origin: figures.origin,
      state: figures.state, failures: Int64(figures.failures))
  }
}

extension StoreStatistics {
  init(_ figures: StoreFigures) {
    self.init(
      commits: Int64(figures.commits), writes: Int64(figures.writes),
      failed: Int64(figures.failed), waiting: Int64(figures.waiting),
      latency: LatencyStatistics(figures.latency))
  }
}
