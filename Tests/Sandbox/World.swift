import Foundation
import Synchronization

/// The outside world: a supplier and a payment service that remember what really happened.
///
/// **Invariant:** everything it knows is in one value behind one lock, so that each call is seen
/// whole or not at all. Reading requests and writing answers happens outside the lock.
final class World: Sendable {
  /// Signs what PayPal sends.
  let signatory = Signatory()
  private let state: Mutex<WorldState>
  private let now: @Sendable () -> Int64

  /// - Parameter now: The time in milliseconds since 1970.
  init(now: @escaping @Sendable () -> Int64 = World.wallClock) {
    self.now = now
    state = Mutex(WorldState(bornAt: now()))
  }

  /// The time in milliseconds since 1970.
  var time: Int64 { now() }

  /// Such as `http://127.0.0.1:40123`; empty before it is served.
  var address: String { change { state, _ in state.address } }

  /// Runs a body that sees and changes the world alone, at one moment.
  func change<Value: Sendable>(_ body: (inout WorldState, Int64) -> sending Value) -> Value {
    let moment = now()
    return state.withLock { body(&$0, moment) }
  }

  /// Answers any request.
  func answer(_ call: Call) -> Answer {
    if call.path.hasPrefix("/aliexpress/") { return AliExpressFace(world: self).answer(call) }
    if call.path == "/shop" || call.path.hasPrefix("/shop/") {
      return ShopFace(world: self).answer(call)
    }
    if call.path.hasPrefix("/paypal/") { return PayPalFace(world: self).answer(call) }
    return ControlFace(world: self).answer(call)
  }

  static let wallClock: @Sendable () -> Int64 = {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}

/// Everything that the world knows.
struct WorldState: Sendable {
  var settings = WorldSettings()
  var faults = Faults()
  var supplier: Supplier
  var shop = Shop()
  var payPal: PayPalWorld
  var notices = NoticeBoard()
  /// Where this world is served, which links in notices lead to.
  var address = ""
  private var requests: Int64 = 0

  init(bornAt: Int64) {
    supplier = Supplier(bornAt: bornAt)
    payPal = PayPalWorld(bornAt: bornAt)
  }

  /// A number for the next request, for traces and debug ids.
  mutating func requestNumber() -> Int64 {
    requests += 1
    return requests
  }
}
