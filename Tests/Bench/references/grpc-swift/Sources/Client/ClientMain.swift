import Foundation
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import Message

/// Calls an echo by grpc-swift-2. usage: client SOCKET IN_FLIGHT SECONDS
@main struct ClientMain {
  private static let warmUp = Duration.milliseconds(500)

  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 4, let inFlight = Int(arguments[2]), let seconds = Double(arguments[3])
    else { exit(64) }
    let lanes = try await withGRPCClient(
      transport: .http2NIOPosix(
        target: .unixDomainSocket(path: arguments[1]), transportSecurity: .plaintext)
    ) { client in
      let begin = ContinuousClock.now + warmUp
      let end = begin + .seconds(seconds)
      return try await withThrowingTaskGroup(of: Lane.self) { group in
        for number in 0..<inFlight {
          group.addTask {
            var lane = Lane(number: number)
            try await lane.run(client, from: begin, until: end)
            return lane
          }
        }
        var lanes: [Lane] = []
        for try await lane in group { lanes.append(lane) }
        return lanes
      }
    }
    report(lanes, seconds)
  }

  private static func report(_ lanes: [Lane], _ seconds: Double) {
    let sorted = lanes.flatMap(\.nanoseconds).sorted()
    func percentile(_ share: Double) -> Double {
      sorted.isEmpty ? 0 : Double(sorted[Int(Double(sorted.count) * share)]) / 1000
    }
    print(
      sorted.count, seconds, percentile(0.5), percentile(0.99), lanes.reduce(0) { $0 + $1.total },
      separator: "\t")
  }
}

/// One caller.
private struct Lane {
  let number: Int
  var nanoseconds: [Int] = []
  var total = 0

  init(number: Int) { self.number = number }

  mutating func run(
    _ client: GRPCClient<HTTP2ClientTransport.Posix>, from begin: ContinuousClock.Instant,
    until end: ContinuousClock.Instant
  ) async throws {
    var options = CallOptions.defaults
    options.timeout = .seconds(5)
    let request = ClientRequest(
      message: EchoMessage.usual, metadata: ["x-request-id": "bench-lane-\(number)"])
    var sent = ContinuousClock.now
    while sent < end {
      let answer = try await client.unary(
        request: request, descriptor: EchoMessage.method, serializer: EchoCoding(),
        deserializer: EchoCoding(), options: options
      ) { try $0.message }
      let answered = ContinuousClock.now
      guard answer == EchoMessage.usual else {
        throw RPCError(code: .dataLoss, message: "an answer has another content")
      }
      total += 1
      if sent >= begin, answered <= end {
        nanoseconds.append(Int((answered - sent) / .nanoseconds(1)))
      }
      sent = answered
    }
  }
}
