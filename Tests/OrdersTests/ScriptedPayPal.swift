import Contract
import Money
import Outside
import PayPal
import Synchronization

@testable import Orders

/// A PayPal that does as it is told and knows what it really did.
final class ScriptedPayPal: PaymentGateway {
  enum Answer: Sendable {
    case accept
    /// It is done, but the answer is lost.
    case acceptInSilence
    /// Nothing arrives there, and nobody here knows.
    case vanish
    case refuse(Refusal)
    /// It happened before, and is refused now.
    case acceptAndRefuse(Refusal)
  }

  private struct State {
    var isConfigured = true
    var createAnswers: [Answer] = []
    var captureAnswers: [Answer] = []
    var lookAnswers: [Answer] = []
    var refundAnswers: [Answer] = []
    var refundStatus = "COMPLETED"
    /// By the key of the refund.
    var refunds: [String: PayPalRefund] = [:]
    var approvedAtOnce = true
    var captureStatus = "COMPLETED"
    var captureAmount: Amount?
    var fee: Amount? = Amount(minorUnits: 119, currency: .usd)
    /// By the key of the creation.
    var orders: [String: PayPalOrder] = [:]
    var amounts: [String: Amount] = [:]
    var calls: [String] = []
  }

  private let state = Mutex(State())

  /// What was asked for, such as `create o-1-o1`, in order.
  var calls: [String] { state.withLock { $0.calls } }
  /// Orders that really exist.
  var orders: [PayPalOrder] { state.withLock { Array($0.orders.values) } }
  /// Captures that really took money.
  var captures: [PayPalCapture] { orders.compactMap(\.capture) }

  func create(_ answers: Answer...) { state.withLock { $0.createAnswers += answers } }
  func capture(_ answers: Answer...) { state.withLock { $0.captureAnswers += answers } }
  func refund(_ answers: Answer...) { state.withLock { $0.refundAnswers += answers } }
  /// What becomes of refunds from now on, those that are there too.
  func refunds(become status: String) {
    state.withLock { state in
      state.refundStatus = status
      for key in state.refunds.keys { state.refunds[key]?.status = status }
      Self.showRefunds(&state)
    }
  }
  /// Refunds that really gave money back, by key.
  var refunds: [String: PayPalRefund] {
    state.withLock { $0.refunds.filter { $0.value.status == "COMPLETED" } }
  }
  func look(_ answers: Answer...) { state.withLock { $0.lookAnswers += answers } }
  /// Looks and creations answer truly from now on.
  func calm() { state.withLock { ($0.lookAnswers, $0.createAnswers) = ([], []) } }
  func configure(_ isConfigured: Bool) { state.withLock { $0.isConfigured = isConfigured } }
  func requireApproval() { state.withLock { $0.approvedAtOnce = false } }

  /// What becomes of captures from now on.
  func captures(become status: String, amount: Amount? = nil, fee: Int64? = 119) {
    state.withLock {
      $0.captureStatus = status
      $0.captureAmount = amount
      $0.fee = fee.map { Amount(minorUnits: $0, currency: .usd) }
    }
  }

  /// What became of the capture of an order.
  func change(_ orderID: String, to status: String, fee: Int64? = 119) {
    state.withLock {
      $0.orders["\(orderID)-o1"]?.capture?.status = status
      $0.orders["\(orderID)-o1"]?.capture?.fee = fee.map {
        Amount(minorUnits: $0, currency: .usd)
      }
    }
  }

  /// Lets the buyer approve.
  func approve(_ orderID: String) {
    state.withLock { $0.orders["\(orderID)-o1"]?.status = "APPROVED" }
  }

  /// The order belongs to another shop's order from now on.
  func estrange(_ orderID: String) {
    state.withLock { $0.orders["\(orderID)-o1"]?.customID = "stranger" }
  }

  func isConfigured(for environment: Contract.Environment) -> Bool {
    state.withLock { $0.isConfigured }
  }

  func create(_ order: NewPayPalOrder, in environment: Contract.Environment) async
    -> Outcome<PayPalOrder>
  {
    state.withLock { state in
      state.calls.append("create \(order.requestID)")
      let answer = state.createAnswers.isEmpty ? .accept : state.createAnswers.removeFirst()
      switch answer {
      case .refuse(let refusal): return .refused(refusal)
      case .vanish: return .unknown("connection reset")
      case .accept, .acceptInSilence, .acceptAndRefuse: break
      }
      let number = state.orders.count + 1
      let made =
        state.orders[order.requestID]
        ?? PayPalOrder(
          id: "PP\(number)", status: state.approvedAtOnce ? "APPROVED" : "CREATED",
          customID: order.customID, approveURL: "https://paypal.test/approve/PP\(number)")
      state.orders[order.requestID] = made
      state.amounts[made.id] = order.amount
      if case .acceptInSilence = answer { return .unknown("timeout after sending") }
      if case .acceptAndRefuse(let refusal) = answer { return .refused(refusal) }
      return .done(made)
    }
  }

  func capture(_ payPalOrderID: String, key: String, in environment: Contract.Environment) async
    -> Outcome<PayPalOrder>
  {
    state.withLock { state in
      state.calls.append("capture \(key)")
      let answer = state.captureAnswers.isEmpty ? .accept : state.captureAnswers.removeFirst()
      switch answer {
      case .refuse(let refusal): return .refused(refusal)
      case .vanish: return .unknown("connection reset")
      case .accept, .acceptInSilence, .acceptAndRefuse: break
      }
      guard let name = state.orders.first(where: { $0.value.id == payPalOrderID })?.key,
        let amount = state.amounts[payPalOrderID], var order = state.orders[name]
      else { return .refused(Refusal(code: "RESOURCE_NOT_FOUND", text: "no such order")) }
      guard order.status != "CREATED" else {
        return .refused(Refusal(code: "ORDER_NOT_APPROVED", text: "not approved"))
      }
      if order.capture == nil {
        order.status = "COMPLETED"
        order.capture = PayPalCapture(
          id: "CAP-\(payPalOrderID)", status: state.captureStatus,
          amount: state.captureAmount ?? amount, fee: state.fee)
        state.orders[name] = order
      }
      if case .acceptInSilence = answer { return .unknown("timeout after sending") }
      if case .acceptAndRefuse(let refusal) = answer { return .refused(refusal) }
      return .done(order)
    }
  }

  func refund(_ captureID: String, key: String, in environment: Contract.Environment) async
    -> Outcome<PayPalRefund>
  {
    state.withLock { state in
      state.calls.append("refund \(key)")
      let answer = state.refundAnswers.isEmpty ? .accept : state.refundAnswers.removeFirst()
      switch answer {
      case .refuse(let refusal): return .refused(refusal)
      case .vanish: return .unknown("connection reset")
      case .accept, .acceptInSilence, .acceptAndRefuse: break
      }
      guard
        let capture = state.orders.values.compactMap(\.capture).first(where: { $0.id == captureID })
      else { return .refused(Refusal(code: "RESOURCE_NOT_FOUND", text: "no such capture")) }
      if state.refunds[key] == nil, capture.status == "REFUNDED" {
        return .refused(Refusal(code: "CAPTURE_FULLY_REFUNDED", text: "nothing is left"))
      }
      let made =
        state.refunds[key]
        ?? PayPalRefund(id: "R-\(key)", status: state.refundStatus, amount: capture.amount)
      state.refunds[key] = made
      Self.showRefunds(&state)
      if case .acceptInSilence = answer { return .unknown("timeout after sending") }
      if case .acceptAndRefuse(let refusal) = answer { return .refused(refusal) }
      return .done(made)
    }
  }

  /// The capture of a refund that gave money back shows it.
  private static func showRefunds(_ state: inout State) {
    for (key, refund) in state.refunds where refund.status == "COMPLETED" {
      guard let name = state.orders.keys.first(where: { key.hasPrefix($0.dropLast(2) + "r") })
      else { continue }
      state.orders[name]?.capture?.status = "REFUNDED"
    }
  }

  func look(atRefund payPalRefundID: String, in environment: Contract.Environment) async
    -> Outcome<PayPalRefund>
  {
    state.withLock { state in
      state.calls.append("look \(payPalRefundID)")
      guard let refund = state.refunds.values.first(where: { $0.id == payPalRefundID }) else {
        return .refused(Refusal(code: "RESOURCE_NOT_FOUND", text: "no such refund"))
      }
      return .done(refund)
    }
  }

  func look(at payPalOrderID: String, in environment: Contract.Environment) async
    -> Outcome<PayPalOrder>
  {
    state.withLock { state in
      state.calls.append("look \(payPalOrderID)")
      let answer = state.lookAnswers.isEmpty ? .accept : state.lookAnswers.removeFirst()
      switch answer {
      case .refuse(let refusal): return .refused(refusal)
      case .vanish, .acceptInSilence: return .unknown("connection reset")
      case .accept, .acceptAndRefuse: break
      }
      guard let order = state.orders.values.first(where: { $0.id == payPalOrderID }) else {
        return .refused(Refusal(code: "RESOURCE_NOT_FOUND", text: "no such order"))
      }
      return .done(order)
    }
  }
}
