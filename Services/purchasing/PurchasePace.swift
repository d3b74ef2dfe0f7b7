import Runtime
import Synchronization

/// How many orders are sent to the supplier in a second, at most: what gathered while something was
/// away goes out bit by bit.
///
/// A purchase that has to wait is given a time, and comes back then; meanwhile it holds up nothing.
/// Times are milliseconds since the epoch. What was given is forgotten with the process: after a
/// restart the line is made anew.
final class PurchasePace: Sendable {
  /// Enough for four million orders a day, and less than the supplier takes of us.
  static let perSecondDefault = 50

  private struct State {
    /// Microseconds at which the next one would be due if they came evenly.
    var due: Int64 = 0
    /// The times that were given and not used yet, by order.
    var turns: [String: Int64] = [:]
  }

  /// Microseconds from one to the next.
  private let interval: Int64
  private let state = Mutex(State())

  init(perSecond: Int = perSecondDefault) {
    precondition((1...1_000_000).contains(perSecond), "a rate must be positive")
    interval = 1_000_000 / Int64(perSecond)
  }

  /// When an order's turn comes; nil when it is now, which uses it up. A second's worth goes at once.
  func turn(of orderID: String, now: Int64) -> Int64? {
    state.withLock { state in
      if let given = state.turns[orderID] {
        if given > now { return given }
        state.turns[orderID] = nil
        return nil
      }
      let time = now * 1000
      let next = max(state.due, time)
      state.due = next + interval
      let allowed = (next - (1_000_000 - interval) + 999) / 1000
      if allowed <= now { return nil }
      state.turns[orderID] = allowed
      return allowed
    }
  }

  /// Takes a turn back that came to nothing, so that another order has it.
  func giveBack() { state.withLock { $0.due -= interval } }

  /// Why a purchase waits for its turn.
  static let inLine = PurchaseReason(
    code: .inLine,
    text: "many purchases are due at once, and so many go out in a second; it has its turn",
    owner: .nobody)
}

extension Settings {
  /// Declares how many purchases go out in a second.
  ///
  /// - Parameter rate: of all outside calls, when that is set.
  mutating func purchasePace(outsideRate rate: Int?) -> PurchasePace {
    let perSecond = int(
      "DROPWIRE_PURCHASES_PER_SECOND", default: 0, in: 0...1_000_000,
      help: "Orders that are sent to the supplier in a second, at most; 0 for "
        + "\(PurchasePace.perSecondDefault), or for DROPWIRE_OUTSIDE_RATE_PER_SECOND if that is set."
    )
    return PurchasePace(
      perSecond: perSecond > 0 ? perSecond : rate ?? PurchasePace.perSecondDefault)
  }
}
