import AsyncAlgorithms
import Contract
import HTTPTypes
import Hummingbird
import NIOCore
import Outside
import RPC
import Runtime
import ServiceLifecycle
import Synchronization

/// Orders as server-sent events: each as it is now, then again whenever it changes.
///
///     retry: 2000
///
///     event: order
///     data: {"orderId": ...}
///
///     event: problem          when the service ends it
///     data: {"title": ...}
///
/// A service that is away is asked again while the viewer stays, and then tells every order as it is
/// anew: browsers do not come back by themselves once they were refused. A viewer comes back after
/// half an hour, with a token that is still good.
///
/// A comment goes out when nothing else does, so that those between know that it lives and a client
/// that is gone is noticed. Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
enum OrderEvents {
  /// Of the comments. Proxies give up on what is silent for a minute.
  static let pause = Duration.seconds(15)
  /// When a browser comes back after the end.
  private static let retryMilliseconds = 2000
  /// Before a service that is away is asked again.
  private static let againPause = Duration.seconds(1)
  private static let lengthMax = Duration.seconds(1800)

  private enum Part: Sendable {
    case order(String)
    case beat
    case end
  }

  /// - Throws: what the service refuses, and `tooManyViewers`.
  static func response(_ call: RouteCall) async throws -> Response {
    let request = WatchOrdersRequest(userID: call.userID, orderID: call.query.text("orderId"))
    try await askFirst(request, call)
    let client = call.person?.description ?? ""
    try call.door.viewers.enter(client)
    let lease = Lease(viewers: call.door.viewers, client: client)
    var options = call.options
    options.timeout = nil
    let watch: @Sendable () -> AsyncThrowingStream<Order, any Error> = { [options] in
      call.services.orders.watchOrders(request, options: options)
    }
    return Response(
      status: .ok,
      headers: [
        .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store",
        .accelBuffering: "no",
      ],
      body: ResponseBody { writer in
        // Given back when the body is dropped, also without having been written.
        defer { lease.end() }
        try await write(watch, &writer)
      })
  }

  /// A refusal is an answer of its own only as long as nothing has been sent.
  private static func askFirst(_ request: WatchOrdersRequest, _ call: RouteCall) async throws {
    if request.orderID.isEmpty {
      _ = try await call.services.orders.listOrders(
        .init(userID: request.userID, pageSize: 1), options: call.options)
    } else {
      _ = try await call.services.orders.getOrder(
        .init(orderID: request.orderID), options: call.options)
    }
  }

  private static func write(
    _ watch: @Sendable () -> AsyncThrowingStream<Order, any Error>,
    _ writer: inout any ResponseBodyWriter
  ) async throws {
    try await writer.write(ByteBuffer(string: "retry: \(retryMilliseconds)\n\n"))
    let end = ContinuousClock.now + lengthMax
    while ContinuousClock.now < end {
      do {
        try await write(watch(), until: end, &writer)
        break
      } catch let error as RPCError {
        try await writer.write(event("problem", told(Problem(error)).serialized))
        guard error.code == .unavailable else { break }
      }
      guard await isStillServing(after: againPause) else { break }
    }
    try await writer.finish(nil)
  }

  /// Writes what the service tells, until it ends that, the process stops, or the time is over.
  private static func write(
    _ orders: AsyncThrowingStream<Order, any Error>, until end: ContinuousClock.Instant,
    _ writer: inout any ResponseBodyWriter
  ) async throws {
    let parts = chain(orders.map { Part.order($0.json()) }, [Part.end].async)
    let beats = AsyncTimerSequence(interval: pause, clock: ContinuousClock()).map { _ in Part.beat }
    for try await part in merge(parts, beats).cancelOnGracefulShutdown() {
      switch part {
      case .order(let json): try await writer.write(event("order", json))
      case .beat where ContinuousClock.now >= end: return
      case .beat: try await writer.write(ByteBuffer(string: ":\n\n"))
      case .end: return
      }
    }
  }

  /// Waits; false when the process stops meanwhile.
  private static func isStillServing(after time: Duration) async -> Bool {
    await cancelWhenGracefulShutdown {
      do {
        try await Task.sleep(for: time)
        return true
      } catch {
        return false
      }
    }
  }

  private static func told(_ problem: Problem) -> JSON {
    [
      "title": .string(problem.title), "detail": .string(problem.detail),
      "code": .string(problem.code), "reason": .string(problem.reason),
    ]
  }

  /// JSON without line breaks is one line.
  private static func event(_ name: String, _ json: String) -> ByteBuffer {
    ByteBuffer(string: "event: \(name)\ndata: \(json)\n\n")
  }
}

/// A viewer's place, given back once.
private final class Lease: Sendable {
  private let viewers: Viewers
  private let client: String
  private let isOver = Atomic<Bool>(false)

  init(viewers: Viewers, client: String) {
    self.viewers = viewers
    self.client = client
  }

  func end() {
    if !isOver.exchange(true, ordering: .relaxed) { viewers.leave(client) }
  }

  deinit { end() }
}
