/// The places at which a test may have the process killed: after each commit and each outside effect
/// on a purchase's way.
enum PurchasingStep: String, CaseIterable {
  case requestCommitted = "purchasing.requestCommitted"
  case attemptCommitted = "purchasing.attemptCommitted"
  case orderSent = "purchasing.orderSent"
  case placedCommitted = "purchasing.placedCommitted"
  case paymentPolled = "purchasing.paymentPolled"
  case purchasedCommitted = "purchasing.purchasedCommitted"
}
