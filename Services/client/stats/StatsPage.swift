import Contract
import Presentation
import Runtime

/// One service's statistics for people.
struct StatsPage {
  let look: StatsLook
  /// The look before; the page then shows what came since.
  let earlier: StatsLook?

  var text: String {
    switch look.answer {
    case .failure(let complaint): "\(look.service.rawValue)\n\(complaint.text)"
    case .success(let statistics): page(statistics)
    }
  }

  private func page(_ statistics: GetStatisticsResponse) -> String {
    var lines = [heading(statistics)]
    var table = Table([
      .left("method"), .right("calls"), .right("/s"), .right("in flight"), .right("p50"),
      .right("p99"), .right("max"), .left("not well"),
    ])
    for line in Self.lines(statistics) where line.calls > 0 { table.add(row(line, statistics)) }
    lines.append(table.text(ifEmpty: "no calls yet"))
    for lag in statistics.lags where lag.count > 0 {
      let times = [lag.p50Milliseconds, lag.p99Milliseconds, lag.maxMilliseconds]
        .map { Shown.duration($0 * 1_000_000) }
      lines.append(
        Shown.line(
          "\(lag.name): learned of \(lag.count) after p50 \(times[0]), p99 \(times[1]), max "
            + times[2]))
    }
    for breaker in statistics.breakers where breaker.state != "closed" {
      lines.append(
        Shown.line(
          "\(breaker.provider), account \(breaker.account): the breaker is \(breaker.state)"))
    }
    return lines.joined(separator: "\n")
  }

  static func lines(_ statistics: GetStatisticsResponse) -> [StatsLine] {
    statistics.served.map { StatsLine(served: $0) }
      + statistics.called.map { StatsLine(called: $0) }
      + statistics.outside.map { StatsLine(outside: $0) }
  }

  // MARK: The heading

  private func heading(_ statistics: GetStatisticsResponse) -> String {
    var parts: [String] = []
    if let process = statistics.process {
      parts += [
        "up \(Shown.passed(process.uptimeMilliseconds).dropFirst())",
        "cpu \(Shown.tenths(process.cpuMilliseconds / 100)) s",
        "\(Shown.tenths((process.residentBytes * 10) >> 20)) MiB", "\(process.openFiles) files",
      ]
    }
    if let server = statistics.server {
      parts.append("\(server.connectionsOpen) connections")
      let cut = [
        ("refused connections", server.connectionsRefused), ("overload", server.callsOverloaded),
        ("deadline", server.callsExpired), ("abandoned", server.callsAbandoned),
        ("malformed", server.callsMalformed),
      ]
      parts += cut.filter { $0.1 > 0 }.map { "\($0.0) \($0.1)" }
    }
    if let store = statistics.store, store.commits > 0 {
      let latency = store.latency ?? LatencyStatistics()
      parts.append(
        "\(store.commits) commits of \(Shown.tenths(store.writes * 10 / store.commits)) writes, "
          + "flush p50 \(Shown.duration(latency.p50Nanoseconds)), p99 \(Shown.duration(latency.p99Nanoseconds))"
      )
    }
    return "\(look.service.rawValue)  " + parts.joined(separator: ", ")
  }

  // MARK: The table

  private func row(_ line: StatsLine, _ statistics: GetStatisticsResponse) -> [String] {
    let before = before(line, statistics)
    let latency =
      before.map { line.latency.since($0.latency, bounds: statistics.bucketBoundNanoseconds) }
      ?? line.latency
    let times = [latency.p50Nanoseconds, latency.p99Nanoseconds, line.latency.maxNanoseconds]
    return [
      line.name, "\(line.calls)", rate(line.calls - (before?.calls ?? 0), statistics),
      "\(line.inFlight)",
    ] + times.map { latency.count > 0 || before == nil ? Shown.duration($0) : "" } + [line.trouble]
  }

  /// The same line of the look before; nil when the process is another one, or there was none.
  private func before(_ line: StatsLine, _ statistics: GetStatisticsResponse) -> StatsLine? {
    guard let earlier = earlier?.statistics,
      earlier.process?.startedAt == statistics.process?.startedAt
    else { return nil }
    return Self.lines(earlier).first { $0.name == line.name }
  }

  /// Calls of a second with one decimal: since the look before, or since the start.
  private func rate(_ calls: Int64, _ statistics: GetStatisticsResponse) -> String {
    let uptime = statistics.process?.uptimeMilliseconds ?? 0
    var milliseconds = uptime
    if let process = earlier?.statistics?.process,
      process.startedAt == statistics.process?.startedAt
    {
      milliseconds = uptime - process.uptimeMilliseconds
    }
    return milliseconds > 0 ? Shown.tenths(calls * 10_000 / milliseconds) : ""
  }
}
