import Measure
import NIOCore
import Synchronization

/// Counts the calls of one method while they run: relaxed additions, no lock, no memory.
///
/// **Invariant:** each `began` is followed by exactly one `ended`.
final class MethodStatistics: Sendable {
  let service: String
  let method: String
  private let path: String
  private let started = Atomic<Int>(0)
  private let endings = InlineArray<17, Atomic<Int>> { _ in Atomic(0) }
  private let repeats = Atomic<Int>(0)
  private let bytesReceived = Atomic<Int>(0)
  private let bytesSent = Atomic<Int>(0)
  private let latency = LatencyHistogram()

  init(service: String, method: String) {
    self.service = service
    self.method = method
    path = "/\(service)/\(method)"
  }

  /// How a method's name travels: made once for the method that is counted here.
  func path(_ service: String, _ method: String) -> String {
    method == self.method && service == self.service ? path : "/\(service)/\(method)"
  }

  func began() { started.add(1, ordering: .relaxed) }

  func ended(_ code: StatusCode, since start: NIODeadline) {
    endings[code.rawValue].add(1, ordering: .relaxed)
    latency.record(nanoseconds: Int((NIODeadline.now() - start).nanoseconds))
  }

  func repeated() { repeats.add(1, ordering: .relaxed) }

  func received(_ bytes: Int) { bytesReceived.add(bytes, ordering: .relaxed) }

  func sent(_ bytes: Int) { bytesSent.add(bytes, ordering: .relaxed) }

  var figures: MethodFigures {
    var ended: [StatusCode: Int] = [:]
    for code in StatusCode.allCases {
      let count = endings[code.rawValue].load(ordering: .relaxed)
      if count > 0 { ended[code] = count }
    }
    // The ends first, so that a call between the two reads is in flight, not less than nothing.
    return MethodFigures(
      service: service, method: method, calls: started.load(ordering: .relaxed), ended: ended,
      repeats: repeats.load(ordering: .relaxed),
      bytesReceived: bytesReceived.load(ordering: .relaxed),
      bytesSent: bytesSent.load(ordering: .relaxed), latency: latency.histogram)
  }
}

/// Counts what belongs to no method of a server.
final class ServerStatistics: Sendable {
  let connectionsAccepted = Tally()
  let connectionsRefused = Tally()
  let callsOverloaded = Tally()
  let callsExpired = Tally()
  let callsAbandoned = Tally()
  let callsMalformed = Tally()
  let callsTurnedAway = Tally()
}

/// A number that only grows.
struct Tally: ~Copyable, Sendable {
  private let value = Atomic<Int>(0)

  func add() { value.add(1, ordering: .relaxed) }

  var count: Int { value.load(ordering: .relaxed) }
}
