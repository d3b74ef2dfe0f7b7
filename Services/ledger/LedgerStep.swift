/// The places at which a test may have the ledger killed: after each commit and each outside effect
/// on an order's way.
enum LedgerStep: String, CaseIterable {
  case captureCommitted = "ledger.captureCommitted"
  case saleCommitted = "ledger.saleCommitted"
  case payoutSubmitCommitted = "ledger.payoutSubmitCommitted"
  case payoutSent = "ledger.payoutSent"
  case payoutAcceptedCommitted = "ledger.payoutAcceptedCommitted"
  case payoutPolled = "ledger.payoutPolled"
  case payoutPaidCommitted = "ledger.payoutPaidCommitted"
}
