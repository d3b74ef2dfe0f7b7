import Contract

/// What a service answered when it was asked for its statistics, or why it did not.
struct StatsLook: Sendable {
  let service: ServiceName
  let answer: Result<GetStatisticsResponse, Complaint>

  var statistics: GetStatisticsResponse? { try? answer.get() }
}

/// What was counted of one thing, for a line of a table.
struct StatsLine: Sendable {
  let name: String
  let calls: Int64
  let inFlight: Int64
  let ended: [NamedCount]
  let latency: LatencyStatistics
  /// What else is to be said, such as `repeats 3`.
  let remarks: [String]

  init(served method: MethodStatistics) {
    self.init(Self.name(method), method)
  }

  init(called method: MethodStatistics) {
    self.init("to " + Self.name(method), method)
  }

  private init(_ name: String, _ method: MethodStatistics) {
    self.name = name
    calls = method.calls
    inFlight = method.inFlight
    ended = method.ended
    latency = method.latency ?? LatencyStatistics()
    remarks = Self.remarks([("repeats", method.repeats)])
  }

  init(outside method: OutsideStatistics) {
    name = "to \(method.provider) \(method.method)"
    calls = method.calls
    inFlight = method.inFlight
    ended = method.ended
    latency = method.latency ?? LatencyStatistics()
    remarks = Self.remarks([
      ("waits", method.waits), ("rate limited", method.rateLimited),
      ("breaker open", method.breakerRefused),
    ])
  }

  /// `Ledger.RecordSale` of `dropwire.ledger.v1.Ledger`.
  private static func name(_ method: MethodStatistics) -> String {
    let service = method.service.split(separator: ".").last.map(String.init) ?? method.service
    return "\(service).\(method.method)"
  }

  private static func remarks(_ counts: [(String, Int64)]) -> [String] {
    counts.filter { $0.1 > 0 }.map { "\($0.0) \($0.1)" }
  }

  /// How calls ended that did not end well, such as `NOT_FOUND 3`, and the remarks.
  var trouble: String {
    let bad = ended.filter { $0.name != "OK" && $0.name != "2xx" && $0.count > 0 }
    return (bad.map { "\($0.name) \($0.count)" } + remarks).joined(separator: ", ")
  }
}
