import AsyncAlgorithms
import Contract
import HTTPTypes
import Hummingbird
import NIOCore
import RPC
import Runtime
import ServiceLifecycle
import Synchronization

/// Orders as server-sent events, whenever one changes.
///
///     retry: 2000
///
///     event: begin            for those who want changes alone: from now on none is missed
///     data: {}
///
///     event: order
///     data: {"orderId": ...}
///
///     event: problem          when the service ends it
///     data: {"title": ...}
///
/// A service that is away is asked again while the viewer stays: browsers do not come back by
/// themselves once they were refused. When it is back, the viewer begins anew. A viewer comes back
/// after half an hour, with a token that is still good.
///
/// A comment goes out when nothing else does, so that those between know that it lives and a client
/// that is gone is noticed. Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
struct OrderEvents: Sendable {
  /// Of the comments. Proxies give up on what is silent for a minute.
  static let pause = Duration.seconds(15)
  /// When a browser comes back after the end.
  private static let retryMilliseconds = 2000
  /// Before orders that could not be listed are asked for again.
  private static let againPause = Duration.seconds(1)
  private static let lengthMax = Duration.seconds(1800)
  private static let pageSize: Int32 = 100

  /// What a viewer is told at the beginning.
  enum Beginning: Sendable {
    /// Every order as it is now.
    case everything
    /// That it begins; the viewer has looked, or looks then.
    case changes
  }

  private enum Part: Sendable {
    case news
    case beat
  }

  let orders: OrdersClient
  let options: CallOptions
  let beginning: Beginning
  let seat: OrderSeat

  /// - Throws: what the service refuses, and `tooManyViewers`.
  static func response(_ call: RouteCall, _ beginning: Beginning) async throws -> Response {
    guard let person = call.person else { throw DoorError.notSignedIn }
    let wish = OrderSeat.Wish(userID: call.userID, orderID: call.query.text("orderId"))
    try await askFirst(wish, call)
    try call.door.viewers.enter(person.description)
    let lease = Lease(call.door, person, call.door.feeds.join(person, wish))
    let events = OrderEvents(
      orders: call.services.orders, options: call.options, beginning: beginning, seat: lease.seat)
    return Response(
      status: .ok,
      headers: [
        .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store",
        .accelBuffering: "no",
      ],
      body: ResponseBody { writer in
        // Given back when the body is dropped, also without having been written.
        defer { lease.end() }
        try await events.write(&writer)
      })
  }

  /// A refusal is an answer of its own only as long as nothing has been sent.
  private static func askFirst(_ wish: OrderSeat.Wish, _ call: RouteCall) async throws {
    if wish.orderID.isEmpty {
      _ = try await call.services.orders.listOrders(
        .init(userID: wish.userID, pageSize: 1), options: call.options)
    } else {
      _ = try await call.services.orders.getOrder(
        .init(orderID: wish.orderID), options: call.options)
    }
  }

  /// Writes what the feed tells, until it ends that, the process stops, or the time is over.
  private func write(_ writer: inout any ResponseBodyWriter) async throws {
    try await writer.write(ByteBuffer(string: "retry: \(Self.retryMilliseconds)\n\n"))
    let end = ContinuousClock.now + Self.lengthMax
    let beats = AsyncTimerSequence(interval: Self.pause, clock: ContinuousClock())
    let parts = merge(seat.wakes.map { Part.news }, beats.map { _ in Part.beat })
    parts: for try await part in parts.cancelOnGracefulShutdown() {
      switch part {
      case .beat where ContinuousClock.now >= end: break parts
      case .beat: try await writer.write(ByteBuffer(string: ":\n\n"))
      case .news: if try await !tell(seat.take(), &writer) { break parts }
      }
    }
    try await writer.finish(nil)
  }

  /// - Returns: whether something may come after it.
  private func tell(_ news: OrderSeat.News, _ writer: inout any ResponseBodyWriter) async throws
    -> Bool
  {
    if let problem = news.problem { try await writer.write(problem) }
    if news.looksAnew {
      switch beginning {
      case .changes: try await writer.write(OrderChange.event("begin", "{}"))
      case .everything:
        do {
          try await tellEverything(&writer)
        } catch let error as RPCError {
          try await writer.write(Problem(error).event)
          guard await Self.isStillServing(after: Self.againPause) else { return false }
          seat.lookAnew()
        }
      }
    }
    if !news.changes.isEmpty { try await writer.write(contentsOf: news.changes.map(\.event)) }
    return !news.isOver
  }

  /// Writes every order as it is now, newest first; what changes meanwhile comes after it.
  private func tellEverything(_ writer: inout any ResponseBodyWriter) async throws {
    if !seat.wish.orderID.isEmpty {
      let order = try await orders.getOrder(.init(orderID: seat.wish.orderID), options: options)
      try await tell([order], &writer)
      return
    }
    var request = ListOrdersRequest(userID: seat.wish.userID, pageSize: Self.pageSize)
    repeat {
      let page = try await orders.listOrders(request, options: options)
      try await tell(page.orders, &writer)
      request.pageToken = page.nextPageToken
    } while !request.pageToken.isEmpty
  }

  private func tell(_ orders: [Order], _ writer: inout any ResponseBodyWriter) async throws {
    let changes = orders.map { OrderChange($0) }
    for change in changes { seat.forget(change.orderID, before: change.updatedAt) }
    try await writer.write(contentsOf: changes.map(\.event))
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
}

/// A viewer's place and his seat, given back once.
private final class Lease: Sendable {
  let seat: OrderSeat
  private let door: DoorParts
  private let person: Actor
  private let isOver = Atomic<Bool>(false)

  init(_ door: DoorParts, _ person: Actor, _ seat: OrderSeat) {
    self.door = door
    self.person = person
    self.seat = seat
  }

  func end() {
    guard !isOver.exchange(true, ordering: .relaxed) else { return }
    door.feeds.leave(person, seat)
    door.viewers.leave(person.description)
  }

  deinit { end() }
}
