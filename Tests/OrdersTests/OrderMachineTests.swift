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
    PURCHASED saleBooked: PURCHASED sold, pollTracking
    SHIPPED delivered: DELIVERED
    SHIPPED trackingChanged: SHIPPED
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
    CAPTURING cancelRequested: CAPTURING ending
    PAYMENT_PENDING cancelRequested: PAYMENT_PENDING ending
    PURCHASING cancelRequested: PURCHASING ending
    PAID refundRequested: REFUNDING, refund
    NEEDS_ATTENTION/CAPTURE_DIFFERS refundRequested: REFUNDING, recordCapture, refund
    NEEDS_ATTENTION/PURCHASE_NOT_TAKEN refundRequested: REFUNDING, refund
    NEEDS_ATTENTION/PURCHASE_REFUSED refundRequested: REFUNDING, refund
    REFUNDING captureBooked: REFUNDING booked
    REFUNDING refundHeld: REFUNDING
    REFUNDING refundCompleted: REFUNDED
    REFUNDING refundRefused: NEEDS_ATTENTION/REFUND_REFUSED
    REFUNDING refundUnresolved: NEEDS_ATTENTION/REFUND_UNKNOWN
    REFUNDED captureBooked: REFUNDED booked, recordRefund
    REFUNDED refundBooked: REFUNDED returned
    NEEDS_ATTENTION/REFUND_REFUSED captureBooked: NEEDS_ATTENTION/REFUND_REFUSED booked
    NEEDS_ATTENTION/REFUND_REFUSED retried: REFUNDING r2, refund
    NEEDS_ATTENTION/REFUND_UNKNOWN captureBooked: NEEDS_ATTENTION/REFUND_UNKNOWN booked
    NEEDS_ATTENTION/REFUND_UNKNOWN retried: REFUNDING, refund
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

  @Test func `goods travel once their sale is booked`() {
    let progress = Order.Progress(state: .purchased, isCaptureBooked: true, isSaleBooked: true)
    #expect(OrderMachine.step(progress, .shipped)?.progress.state == .shipped)
    #expect(OrderMachine.step(progress, .delivered)?.progress.state == .delivered)
    #expect(OrderMachine.step(progress, .trackingChanged) == nil)
    let unbooked = Order.Progress(state: .purchased, isCaptureBooked: true)
    #expect(OrderMachine.step(unbooked, .shipped) == nil)
  }

  @Test func `an unknown purchase allows nothing that could buy a second time`() {
    #expect(OrderActions.allowed(.purchaseUnknown) == [.markPurchased, .attestNotPlaced])
    for attention in Order.Attention.allCases {
      let progress = Order.Progress(state: .needsAttention, attention: attention)
      let allowed = OrderActions.allowed(attention)
      #expect(allowed.isEmpty == (attention == .captureDiffers))
      #expect(allowed.contains(.retry) == (OrderMachine.step(progress, .retried) != nil))
      #expect(
        allowed.contains(.markPurchased)
          == (OrderMachine.step(progress, .markedPurchased) != nil))
      #expect(
        allowed.contains(.attestNotPlaced)
          == (OrderMachine.step(progress, .attestedNotPlaced) != nil))
    }
  }

  @Test func `an order that a person wants ended is paid back instead of bought`() {
    func end(_ state: Order.State, _ event: OrderEvent, _ attention: Order.Attention? = nil)
      -> OrderMachine.Step?
    {
      OrderMachine.step(
        Order.Progress(state: state, attention: attention, isCancelRequested: true), event)
    }
    #expect(end(.capturing, .captureCompleted)?.progress.state == .refunding)
    #expect(end(.capturing, .captureCompleted)?.effects == [.recordCapture, .refund])
    #expect(end(.paymentPending, .captureCompleted)?.progress.state == .refunding)
    #expect(end(.capturing, .captureDeclined)?.progress.state == .cancelled)
    #expect(end(.purchasing, .purchaseNotTaken)?.effects == [.refund])
    #expect(end(.purchasing, .purchaseRefused)?.effects == [.refund])
    #expect(end(.needsAttention, .purchaseRefused, .purchaseUnknown)?.effects == [.refund])
    #expect(end(.purchasing, .purchaseCompleted)?.progress.state == .purchased)
    #expect(end(.purchasing, .purchaseUnresolved)?.progress.attention == .purchaseUnknown)
    #expect(end(.purchasing, .cancelRequested) == nil)
  }

  @Test func `money goes back only where certainly nothing was bought`() {
    for state in Order.State.allCases where state != .needsAttention {
      let isSafe = OrderMachine.step(Order.Progress(state: state), .refundRequested) != nil
      #expect(isSafe == (state == .paid))
    }
    for attention in Order.Attention.allCases {
      let progress = Order.Progress(state: .needsAttention, attention: attention)
      var order = OrdersUnderTest.order(progress)
      order.captured = nil
      let takes = OrderMachine.step(progress, .refundRequested) != nil
      #expect(
        takes
          == [.captureDiffers, .purchaseNotTaken, .purchaseRefused].contains(attention))
      let isOffered = OrderActions.allowed(order).contains(.refund)
      #expect(isOffered == (takes && attention != .captureDiffers), "nothing known to give back")
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
    if step.progress.refundGeneration != 1 { text += " r\(step.progress.refundGeneration)" }
    if step.progress.isCancelRequested { text += " ending" }
    if step.progress.isRefundBooked { text += " returned" }
    if step.progress.isCaptureBooked { text += " booked" }
    if step.progress.isSaleBooked { text += " sold" }
    return ([text] + step.effects.map(\.rawValue)).joined(separator: ", ")
  }
}
