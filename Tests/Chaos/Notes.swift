import Synchronization

/// What was seen during a run: broken promises, and counts of what people and killers did.
final class Notes: Sendable {
  /// A promise that was broken, and about which order.
  struct Violation: Hashable, Sendable {
    /// Empty where it is about none.
    let orderID: String
    let text: String
  }

  /// A process that was killed.
  struct Kill: Sendable {
    let service: String
    /// Milliseconds since 1970.
    let at: Int64
    /// The named step; nil at a random instant.
    let step: String?
  }

  private struct State {
    var violations: [Violation] = []
    var kills: [Kill] = []
    var actions: [String: Int] = [:]
    var closed: Set<String> = []
    var isKillingOver = false
  }

  private let state = Mutex(State())

  var violations: [Violation] { state.withLock(\.violations) }
  var kills: [Kill] { state.withLock(\.kills) }
  /// How often a person did something, by its name.
  var actions: [String: Int] { state.withLock(\.actions) }
  /// The supplier's orders that a person closed before they were paid.
  var closed: Set<String> { state.withLock(\.closed) }

  func violated(_ text: String, _ orderID: String = "") {
    state.withLock { state in
      let violation = Violation(orderID: orderID, text: text)
      if !state.violations.contains(violation) { state.violations.append(violation) }
    }
  }

  func killed(_ service: String, at moment: Int64, step: String? = nil) {
    state.withLock { $0.kills.append(Kill(service: service, at: moment, step: step)) }
  }

  /// Whether the killers are to end. They are told rather than cancelled, so that what they wait for
  /// still comes.
  var isKillingOver: Bool { state.withLock(\.isKillingOver) }
  func endKilling() { state.withLock { $0.isKillingOver = true } }

  func did(_ action: String) { state.withLock { $0.actions[action, default: 0] += 1 } }

  func close(supplierOrder id: String) { _ = state.withLock { $0.closed.insert(id) } }
}
