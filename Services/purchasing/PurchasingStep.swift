/// The places at which a test may have the process killed: after each commit and each outside effect
/// on a purchase's way.
enum PurchasingStep: String, CaseIterable {
  case requestCommitted = "purchasing.requestCommitted"
  case attemptCommitted = "purchasing.attemptCommitted"
  case orderSent = "purchasing.orderSent"
  case visitCommitted = "purchasing.visitCommitted"
  case confirmingCommitted = "purchasing.confirmingCommitted"
  case orderConfirmed = "purchasing.orderConfirmed"
  case listRead = "purchasing.listRead"
  case placedCommitted = "purchasing.placedCommitted"
  case paymentPolled = "purchasing.paymentPolled"
  case purchasedCommitted = "purchasing.purchasedCommitted"
}
