/// What one run of an echo client gave.
struct EchoFigures: Sendable {
  let callsPerSecond: Double
  let p50Microseconds: Double
  let p99Microseconds: Double
  /// Processor time per call, in microseconds.
  let serverMicroseconds: Double
  let clientMicroseconds: Double

  var microseconds: Double { serverMicroseconds + clientMicroseconds }

  /// - Parameter line: calls, seconds, p50, p99 and total calls, with tabs between them. The total
  ///   is that of the client's life, as the processor times are.
  init?(line: String, serverSeconds: Double, clientSeconds: Double) {
    let values = line.split(separator: "\t").compactMap { Double($0) }
    guard values.count == 5, values[0] > 0, values[1] > 0, values[4] > 0 else { return nil }
    callsPerSecond = values[0] / values[1]
    p50Microseconds = values[2]
    p99Microseconds = values[3]
    serverMicroseconds = serverSeconds * 1e6 / values[4]
    clientMicroseconds = clientSeconds * 1e6 / values[4]
  }
}

/// All runs of one runtime at one number of calls in flight.
struct EchoLevel: Sendable {
  let name: String
  let inFlight: Int
  var runs: [EchoFigures] = []

  init(_ name: String, inFlight: Int) {
    self.name = name
    self.inFlight = inFlight
  }

  func middle(_ value: (EchoFigures) -> Double) -> Double { median(runs.map(value)) }

  /// How often ours has this runtime's value: the median over pairs of runs that were side by side,
  /// because the machine's speed drifts.
  func ratio(of ours: EchoLevel, _ value: (EchoFigures) -> Double) -> Double {
    median(
      zip(ours.runs, runs).filter { value($1) > 0 }.map { value($0) / value($1) })
  }

  func add(to figures: inout Figures, ours: EchoLevel?) {
    let start = "rpc.\(name).\(inFlight)"
    figures.add("\(start).rate", middle(\.callsPerSecond), "calls/s", decimals: 0)
    figures.add("\(start).p50", middle(\.p50Microseconds), "us")
    figures.add("\(start).p99", middle(\.p99Microseconds), "us")
    figures.add("\(start).cpu", middle(\.microseconds), "us/call", decimals: 2)
    figures.add("\(start).cpu.server", middle(\.serverMicroseconds), "us/call", decimals: 2)
    figures.add("\(start).cpu.client", middle(\.clientMicroseconds), "us/call", decimals: 2)
    guard let ours, ours.name != name else { return }
    figures.add("\(start).ours.rate", ratio(of: ours, \.callsPerSecond), "ratio", decimals: 3)
    figures.add("\(start).ours.p50", ratio(of: ours, \.p50Microseconds), "ratio", decimals: 3)
    figures.add("\(start).ours.cpu", ratio(of: ours, \.microseconds), "ratio", decimals: 3)
  }
}
