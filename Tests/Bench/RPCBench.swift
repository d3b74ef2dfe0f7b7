import ArgumentParser
import Foundation

/// Unary calls between two processes over one Unix socket connection, beside other RPC runtimes.
///
/// Every call carries a 116-byte message both ways, a deadline and an `x-request-id`, and its answer
/// is checked. All runtimes run in turn within each round, because the machine's speed drifts: a
/// figure is the median of its rounds, a ratio that of the rounds' ratios.
struct RPCBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rpc", abstract: "Echo calls per second, beside other RPC runtimes.")

  @Option(help: "Calls in flight, comma separated.") var inFlight = "1,8,32,128"
  @Option(help: "Rounds per level; medians are reported.") var runs = 3
  @Option(help: "Seconds that each run measures.") var seconds = 2.0
  @Option(help: "Runtimes to measure, comma separated; all that are built when not given.")
  var only: String?
  @Option(help: "Idle connections and open streams for the memory figures; 0 to skip.")
  var connections = 1000
  @Option(help: "Folder of the built references.") var references = ".build/references"
  @Option(help: "Program whose echo-server and echo-client are ours; this one when not given.")
  var program = "/proc/self/exe"
  @Flag(help: "One line per figure: name TAB value TAB unit.") var tsv = false

  func validate() throws {
    guard runs > 0, seconds > 0 else {
      throw ValidationError("--runs and --seconds must be greater than 0")
    }
    guard (0...4000).contains(connections) else {
      throw ValidationError("--connections must be 0 to 4000")
    }
    guard !levels.isEmpty, levels.allSatisfy({ (1...1000).contains($0) }) else {
      throw ValidationError("--in-flight must be numbers from 1 to 1000, such as 1,8,32,128")
    }
  }

  private var levels: [Int] { inFlight.split(separator: ",").map { Int($0) ?? 0 } }

  func run() async throws {
    let folder = "/tmp/dropwire-bench-\(getpid())"
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let runtimes = chosen()
    guard !runtimes.isEmpty else { throw ValidationError("--only names no runtime that is built") }
    var figures = Figures()
    measureCalls(runtimes, folder, &figures)
    if tsv { figures.printTSV() }
    guard connections > 0 else { return }
    let footprint = await EchoFootprint(folder: folder, count: connections).measure(runtimes)
    if tsv { footprint.printTSV() } else { footprint.printTable() }
  }

  private func chosen() -> [EchoRuntime] {
    let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: program)) ?? program
    let all = [EchoRuntime.ours(program: path)] + EchoRuntime.built(in: references)
    let names = only.map { Set($0.split(separator: ",").map(String.init)) }
    return all.filter { names?.contains($0.name) ?? true }
  }

  private func measureCalls(_ runtimes: [EchoRuntime], _ folder: String, _ figures: inout Figures) {
    var running = runtimes.compactMap { runtime in
      runtime.orLeftOut { try runtime.start(in: folder) }
    }
    let started = running
    defer { for echo in started { echo.server.terminate() } }
    for level in levels {
      var results: [String: EchoLevel] = [:]
      for _ in 0..<runs {
        for echo in running {
          let name = echo.runtime.name
          let run = echo.runtime.orLeftOut {
            try echo.measure(inFlight: level, seconds: seconds)
          }
          if let run {
            results[name, default: EchoLevel(name, inFlight: level)].runs.append(run)
          } else {
            results[name] = nil
            running.removeAll { $0.runtime.name == name }
          }
        }
      }
      let shown = running.compactMap { results[$0.runtime.name] }
      let ours = results[EchoRuntime.ours]
      if !tsv { EchoTable.print(shown, ours: ours) }
      for result in shown { result.add(to: &figures, ours: ours) }
    }
  }
}
