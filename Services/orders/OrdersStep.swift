/// The places at which a test may have `orders` killed: after each commit and each outside effect on
/// an order's way. An order that is bought passes all but those of a refund.
enum OrdersStep: String, CaseIterable {
  case checkoutCommitted = "orders.checkoutCommitted"
  case payPalOrderSent = "orders.payPalOrderSent"
  case payPalOrderCommitted = "orders.payPalOrderCommitted"
  case captureIntentCommitted = "orders.captureIntentCommitted"
  case captureSent = "orders.captureSent"
  case paidCommitted = "orders.paidCommitted"
  case captureRecorded = "orders.captureRecorded"
  case captureBookedCommitted = "orders.captureBookedCommitted"
  case purchasePlaced = "orders.purchasePlaced"
  case purchasedCommitted = "orders.purchasedCommitted"
  case saleRecorded = "orders.saleRecorded"
  case saleBookedCommitted = "orders.saleBookedCommitted"
  case refundIntentCommitted = "orders.refundIntentCommitted"
  case refundSent = "orders.refundSent"
  case refundedCommitted = "orders.refundedCommitted"
  case refundRecorded = "orders.refundRecorded"
  case refundBookedCommitted = "orders.refundBookedCommitted"
}
