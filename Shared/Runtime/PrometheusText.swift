public import Contract

/// Statistics of one or several processes in Prometheus' text format, version 0.0.4.
///
/// Every sample names its process by the label `process`, so that the texts of all services are one.
/// Source: https://prometheus.io/docs/instrumenting/exposition_formats/
public struct PrometheusText: Sendable {
  typealias Labels = [(name: String, value: String)]

  /// Lines by the name of their family.
  private var samples: [String: [String]] = [:]

  public init() {}

  /// A process that does not answer.
  public mutating func addSilent(_ process: String) {
    add(.up, [("process", process)], "0")
  }

  public mutating func add(_ process: String, _ statistics: GetStatisticsResponse) {
    let own: Labels = [("process", process)]
    add(.up, own, "1")
    if let figures = statistics.process { add(figures, own) }
    if let figures = statistics.server { add(figures, own) }
    let bounds = statistics.bucketBoundNanoseconds
    for method in statistics.served { add(method, .served, own, bounds) }
    for method in statistics.called {
      add(method, .called, own, bounds)
      add(.repeats, own + Self.labels(method), "\(method.repeats)")
    }
    for figures in statistics.outside { add(figures, own, bounds) }
    for breaker in statistics.breakers {
      let labels: Labels = [
        ("provider", breaker.provider), ("account", breaker.account), ("origin", breaker.origin),
      ]
      add(.breakerOpen, own + labels, breaker.state == "closed" ? "0" : "1")
    }
    if let figures = statistics.store { add(figures, own, bounds) }
    for lag in statistics.lags { add(lag, own) }
  }

  /// The whole text, each family once.
  public var text: String {
    var text = ""
    for family in PrometheusFamily.all {
      guard let lines = samples[family.name] else { continue }
      text += "# HELP \(family.name) \(Self.escaped(family.help, isLabel: false))\n"
      text += "# TYPE \(family.name) \(family.kind.rawValue)\n"
      for line in lines { text += line + "\n" }
    }
    return text
  }

  // MARK: What is counted

  private mutating func add(_ figures: ProcessStatistics, _ own: Labels) {
    add(.cpuSeconds, own, Self.seconds(milliseconds: figures.cpuMilliseconds))
    add(.residentBytes, own, "\(figures.residentBytes)")
    add(.openFiles, own, "\(figures.openFiles)")
    add(.openFilesMax, own, "\(figures.openFilesMax)")
    add(
      .startTime, own, Self.seconds(milliseconds: figures.startedAt?.milliseconds ?? 0))
  }

  private mutating func add(_ figures: ServerStatistics, _ own: Labels) {
    add(.connectionsOpen, own, "\(figures.connectionsOpen)")
    add(.connectionsAccepted, own, "\(figures.connectionsAccepted)")
    add(.connectionsRefused, own, "\(figures.connectionsRefused)")
    add(.callsRunning, own, "\(figures.callsRunning)")
    let causes = [
      ("overload", figures.callsOverloaded), ("deadline", figures.callsExpired),
      ("abandoned", figures.callsAbandoned), ("malformed", figures.callsMalformed),
      ("stopping", figures.callsTurnedAway),
    ]
    for (cause, count) in causes { add(.callsCut, own + [("cause", cause)], "\(count)") }
  }

  private mutating func add(
    _ figures: MethodStatistics, _ side: PrometheusFamily.Side, _ own: Labels, _ bounds: [Int64]
  ) {
    let labels = own + Self.labels(figures)
    add(side.started, labels, "\(figures.calls)")
    // The usual end is there from the start, so that its rate is known from the first call on.
    var ended = figures.ended
    if !ended.contains(where: { $0.name == "OK" }) { ended.append(NamedCount(name: "OK")) }
    for end in ended { add(side.ended, labels + [("code", end.name)], "\(end.count)") }
    add(side.inFlight, labels, "\(figures.inFlight)")
    add(side.received, labels, "\(figures.bytesReceived)")
    add(side.sent, labels, "\(figures.bytesSent)")
    if figures.calls > 0 { add(side.duration, labels, figures.latency, bounds) }
  }

  private static func labels(_ figures: MethodStatistics) -> Labels {
    [("service", figures.service), ("method", figures.method)]
  }

  private mutating func add(_ figures: OutsideStatistics, _ own: Labels, _ bounds: [Int64]) {
    let labels =
      own + [
        ("provider", figures.provider), ("method", figures.method), ("origin", figures.origin),
      ]
    add(.outsideStarted, labels, "\(figures.calls)")
    for end in figures.ended {
      add(.outsideEnded, labels + [("outcome", end.name)], "\(end.count)")
    }
    add(.outsideInFlight, labels, "\(figures.inFlight)")
    add(.outsideWaits, labels, "\(figures.waits)")
    add(.outsideWaitSeconds, labels, Self.seconds(milliseconds: figures.waitedMilliseconds))
    add(.outsideTurnedAway, labels + [("cause", "rate")], "\(figures.rateLimited)")
    add(.outsideTurnedAway, labels + [("cause", "breaker")], "\(figures.breakerRefused)")
    add(.outsideDuration, labels, figures.latency, bounds)
  }

  private mutating func add(_ figures: StoreStatistics, _ own: Labels, _ bounds: [Int64]) {
    add(.storeCommits, own, "\(figures.commits)")
    add(.storeWrites, own, "\(figures.writes)")
    add(.storeFailed, own, "\(figures.failed)")
    add(.storeWaiting, own, "\(figures.waiting)")
    add(.storeDuration, own, figures.latency, bounds)
  }

  private mutating func add(_ figures: LagStatistics, _ own: Labels) {
    let labels = own + [("event", figures.name)]
    let family = PrometheusFamily.lag
    for (share, time) in [("0.5", figures.p50Milliseconds), ("0.99", figures.p99Milliseconds)]
    where figures.count > 0 {
      add(family, labels + [("quantile", share)], Self.seconds(milliseconds: time))
    }
    line(
      family, family.name + "_sum", labels, Self.seconds(milliseconds: figures.sumMilliseconds))
    line(family, family.name + "_count", labels, "\(figures.count)")
  }

  // MARK: Lines

  private mutating func add(_ family: PrometheusFamily, _ labels: Labels, _ value: String) {
    line(family, family.name, labels, value)
  }

  /// A histogram, with a bucket at each power of two: a quarter of those that are kept.
  private mutating func add(
    _ family: PrometheusFamily, _ labels: Labels, _ latency: LatencyStatistics?, _ bounds: [Int64]
  ) {
    let latency = latency ?? LatencyStatistics()
    var count: Int64 = 0
    for (bucket, bound) in bounds.enumerated() {
      if bucket < latency.bucketCounts.count { count += latency.bucketCounts[bucket] }
      guard bound.nonzeroBitCount == 1 else { continue }
      let le = ("le", Self.seconds(nanoseconds: bound))
      line(family, family.name + "_bucket", labels + [le], "\(count)")
    }
    line(family, family.name + "_bucket", labels + [("le", "+Inf")], "\(latency.count)")
    let sum = Self.seconds(nanoseconds: latency.sumNanoseconds)
    line(family, family.name + "_sum", labels, sum)
    line(family, family.name + "_count", labels, "\(latency.count)")
  }

  private mutating func line(
    _ family: PrometheusFamily, _ name: String, _ labels: Labels, _ value: String
  ) {
    let shown = labels.map { "\($0.name)=\"\(Self.escaped($0.value, isLabel: true))\"" }
    samples[family.name, default: []].append(
      "\(name){\(shown.joined(separator: ","))} \(value)")
  }

  /// A backslash, a line feed and, in a label's value, a quotation mark are written with a backslash.
  static func escaped(_ text: String, isLabel: Bool) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": escaped += "\\\\"
      case "\n": escaped += "\\n"
      case "\"" where isLabel: escaped += "\\\""
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  private static func seconds(milliseconds: Int64) -> String {
    decimal(milliseconds, perUnit: 1000)
  }

  private static func seconds(nanoseconds: Int64) -> String {
    decimal(nanoseconds, perUnit: 1_000_000_000)
  }

  /// A whole number of parts as an exact decimal of the unit.
  private static func decimal(_ parts: Int64, perUnit: Int64) -> String {
    "\(parts / perUnit)." + "\(perUnit + parts % perUnit)".dropFirst()
  }
}
