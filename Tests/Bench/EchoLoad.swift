import ArgumentParser
import Echo
import Foundation
import Logging
import RPC

/// The other end of the RPC benchmark: lanes that each send their next call when the last is answered.
struct EchoLoad: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "echo-client", abstract: "Call the RPC benchmark's echo.", shouldDisplay: false)

  private static let warmUp = Duration.milliseconds(500)

  @Argument(help: "Path of the socket.") var socket: String
  @Argument(help: "Calls in flight.") var inFlight: Int
  @Argument(help: "Seconds to measure.") var seconds: Double

  /// Prints calls, seconds, p50 and p99 in microseconds, and all calls since the start.
  func run() async throws {
    let client = RPCClient(socketPath: socket, logger: Logger(label: "load"))
    let begin = ContinuousClock.now + Self.warmUp
    let end = begin + .seconds(seconds)
    let lanes = try await withThrowingTaskGroup(of: EchoLane.self) { group in
      for number in 0..<inFlight {
        group.addTask(executorPreference: client.taskExecutor) {
          var lane = EchoLane(number: number)
          try await lane.run(Echo.EchoClient(client), from: begin, until: end)
          return lane
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    let latencies = lanes.flatMap(\.microseconds).sorted()
    let total = lanes.reduce(0) { $0 + $1.total }
    print(
      latencies.count, seconds, percentile(latencies, 0.5), percentile(latencies, 0.99), total,
      separator: "\t")
  }
}

/// One caller.
private struct EchoLane {
  let number: Int
  /// Of each call of the measured interval.
  var microseconds: [Double] = []
  var total = 0

  init(number: Int) { self.number = number }

  mutating func run(
    _ client: Echo.EchoClient, from begin: ContinuousClock.Instant,
    until end: ContinuousClock.Instant
  ) async throws {
    let request = EchoMessage(
      paypalOrderID: "5O190127TN364715T", userID: 42,
      productURL: "https://www.aliexpress.com/item/1005006104579280.html", quantity: 2,
      idempotencyKey: "7d444840-9dc0-11d1-b245-5ffdce74fad2")
    let options = CallOptions(
      timeout: .seconds(5), metadata: ["x-request-id": "bench-lane-\(number)"])
    var before = ContinuousClock.now
    while before < end {
      let answer = try await client.echo(request, options: options)
      let after = ContinuousClock.now
      guard answer == request else { throw EchoDiffers(answer: answer) }
      total += 1
      if before >= begin, after <= end {
        microseconds.append(Double((after - before) / .nanoseconds(1)) / 1000)
      }
      before = after
    }
  }
}

private struct EchoDiffers: Error {
  let answer: EchoMessage
}
