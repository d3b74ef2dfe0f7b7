import Contract
import Testing

@testable import Orders

/// The order's course as a table: every state with every event.
@Suite struct OrderMachineTests {
  /// What is not in this table has no meaning and changes nothing.
  private static let course = """
    AWAITING_PAYMENT payPalOrderMade: AWAITING_PAYMENT
    AWAITING_PAYMENT payPalOrderRefused: CANCELLED
    AWAITING_PAYMENT captureRequested: CAPTURING, capture
    AWAITING_PAYMENT cancelled: CANCELLED
    AWAITING_PAYMENT expired: EXPIRED
    CAPTURING captureDeclined: AWAITING_PAYMENT c2
    CAPTURING captureRefused: CANCELLED
    CAPTURING captureHeld: PAYMENT_PENDING, pollPayment
    CAPTURING captureCompleted: PAID, recordCapture, placePurchase
    CAPTURING captureDiffered: NEEDS_ATTENTION/CAPTURE_DIFFERS
    CAPTURING captureUnresolved: NEEDS_ATTENTION/CAPTURE_UNKNOWN
    PAYMENT_PENDING captureDeclined: AWAITING_PAYMENT c2
    PAYMENT_PENDING captureRefused: CANCELLED
    PAYMENT_PENDING captureCompleted: PAID, recordCapture, placePurchase
    PAYMENT_PENDING captureDiffered: NEEDS_ATTENTION/CAPTURE_DIFFERS
    PAYMENT_PENDING captureUnresolved: NEEDS_ATTENTION/CAPTURE_UNKNOWN
    PAID purchaseStarted: PURCHASING
    PAID captureBooked: PAID booked
    PURCHASING purchaseCompleted: PURCHASED
    PURCHASING purchaseNotTaken: NEEDS_ATTENTION/PURCHASE_NOT_TAKEN
    PURCHASING purchaseRefused: NEEDS_ATTENTION/PURCHASE_REFUSED
    PURCHASING purchaseUnresolved: NEEDS_ATTENTION/PURCHASE_UNKNOWN, pollPurchase
    PURCHASING captureBooked: PURCHASING booked
    PURCHASED captureBooked: PURCHASED booked, recordSale
    PURCHASED saleBooked: PURCHASED sold
    PURCHASED bookingRefused: NEEDS_ATTENTION/BOOKING_REFUSED
    NEEDS_ATTENTION/CAPTURE_DIFFERS captureBooked: NEEDS_ATTENTION/CAPTURE_DIFFERS booked
    NEEDS_ATTENTION/CAPTURE_UNKNOWN captureBooked: NEEDS_ATTENTION/CAPTURE_UNKNOWN booked
    NEEDS_ATTENTION/CAPTURE_UNKNOWN retried: CAPTURING, capture
    NEEDS_ATTENTION/PURCHASE_NOT_TAKEN captureBooked: NEEDS_ATTENTION/PURCHASE_NOT_TAKEN booked
    NEEDS_ATTENTION/PURCHASE_NOT_TAKEN retried: PURCHASING, placePurchase
    NEEDS_ATTENTION/PURCHASE_NOT_TAKEN markedPurchased: PURCHASED
    NEEDS_ATTENTION/PURCHASE_REFUSED captureBooked: NEEDS_ATTENTION/PURCHASE_REFUSED booked
    NEEDS_ATTENTION/PURCHASE_REFUSED retried: PURCHASING p2, placePurchase
    NEEDS_ATTENTION/PURCHASE_REFUSED markedPurchased: PURCHASED
    NEEDS_ATTENTION/PURCHASE_UNKNOWN purchaseCompleted: PURCHASED
    NEEDS_ATTENTION/PURCHASE_UNKNOWN purchaseRefused: NEEDS_ATTENTION/PURCHASE_REFUSED
    NEEDS_ATTENTION/PURCHASE_UNKNOWN captureBooked: NEEDS_ATTENTION/PURCHASE_UNKNOWN booked
    NEEDS_ATTENTION/PURCHASE_UNKNOWN markedPurchased: PURCHASING, reconcilePurchase
    NEEDS_ATTENTION/PURCHASE_UNKNOWN attestedNotPlaced: PURCHASING, reconcilePurchase
    NEEDS_ATTENTION/BOOKING_REFUSED captureBooked: NEEDS_ATTENTION/BOOKING_REFUSED booked
    NEEDS_ATTENTION/BOOKING_REFUSED retried: PURCHASED, recordCapture
    """

  @Test func `every state takes exactly the events of the table`() {
    var found: [String] = []
    for progress in Self.places() {
      for event in OrderEvent.allCases {
        guard let step = OrderMachine.step(progress, event) else { continue }
        found.append("\(Self.name(progress)) \(event.rawValue): \(Self.text(step))")
      }
    }
    let expected = Self.course.split(separator: "\n").map(String.init)
    #expect(Set(found).subtracting(expected).sorted() == [])
    #expect(Set(expected).subtracting(found).sorted() == [])
    #expect(found.count == expected.count)
  }

  @Test func `the sale is booked once the purchase and the capture's booking are there`() {
    var progress = Order.Progress(state: .purchasing, isCaptureBooked: true)
    #expect(OrderMachine.step(progress, .purchaseCompleted)?.effects == [.recordSale])
    progress = Order.Progress(state: .purchased)
    #expect(OrderMachine.step(progress, .captureBooked)?.effects == [.recordSale])
    progress.isCaptureBooked = true
    #expect(OrderMachine.step(progress, .captureBooked) == nil)
    progress.isSaleBooked = true
    #expect(OrderMachine.step(progress, .saleBooked) == nil)
    let refused = Order.Progress(
      state: .needsAttention, attention: .bookingRefused, isCaptureBooked: true)
    #expect(OrderMachine.step(refused, .retried)?.effects == [.recordSale])
  }

  @Test func `an unknown purchase allows nothing that could buy a second time`() {
    #expect(OrderActions.allowed(.purchaseUnknown) == [.markPurchased, .attestNotPlaced])
    for attention in Order.Attention.allCases {
      let progress = Order.Progress(state: .needsAttention, attention: attention)
      let allowed = OrderActions.allowed(attention)
      #expect(allowed.isEmpty == (attention == .captureDiffers))
      #expect(!allowed.contains(.refund), "there is no method for it")
      #expect(allowed.contains(.retry) == (OrderMachine.step(progress, .retried) != nil))
      #expect(
        allowed.contains(.markPurchased)
          == (OrderMachine.step(progress, .markedPurchased) != nil))
      #expect(
        allowed.contains(.attestNotPlaced)
          == (OrderMachine.step(progress, .attestedNotPlaced) != nil))
    }
  }

  @Test func `each state is one of the contract's and back`() {
    for state in Order.State.allCases {
      #expect(state.contract.shortName == state.rawValue)
      #expect(Order.State(state.contract) == state)
    }
    #expect(Order.State(.unspecified) == nil && Order.State(.unrecognized(99)) == nil)
  }

  private static func places() -> [Order.Progress] {
    Order.State.allCases.flatMap { state -> [Order.Progress] in
      guard state == .needsAttention else { return [Order.Progress(state: state)] }
      return Order.Attention.allCases.map { Order.Progress(state: state, attention: $0) }
    }
  }

  private static func name(_ progress: Order.Progress) -> String {
    progress.state.rawValue + (progress.attention.map { "/\($0.rawValue)" } ?? "")
  }

  private static func text(_ step: OrderMachine.Step) -> String {
    var text = name(step.progress)
    if step.progress.paymentGeneration != 1 { text += " c\(step.progress.paymentGeneration)" }
    if step.progress.purchaseGeneration != 1 { text += " p\(step.progress.purchaseGeneration)" }
    if step.progress.isCaptureBooked { text += " booked" }
    if step.progress.isSaleBooked { text += " sold" }
    return ([text] + step.effects.map(\.rawValue)).joined(separator: ", ")
  }
}
