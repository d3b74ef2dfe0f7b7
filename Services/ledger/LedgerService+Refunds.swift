import Contract
import Logging
import RPC
import Runtime
import Store

/// What is given back.
extension LedgerService {
  private typealias ID = JournalEntry.ID

  /// Books a refund, before or after the sale. FAILED_PRECONDITION: CAPTURE_NOT_RECORDED,
  /// CAPTURE_DIFFERS for another currency, REFUND_TOO_HIGH with what is left, SALE_NOT_RECORDED for
  /// a supplier's refund before the sale.
  func recordRefund(_ request: RecordRefundRequest, _ context: CallContext) async throws -> Sale {
    try requireRecorder(context, "record refunds")
    let (refund, occurredAt) = try read(request)
    let (actor, entryID) = (try context.actor(), ID.refund(refund.orderID, refund.refundID))
    let recorded = try await store.write { transaction in
      let recorded = try RefundStore(transaction: transaction).record(
        refund, occurredAt: occurredAt)
      if recorded.isNew { try Journal(transaction: transaction).note(entryID, by: actor) }
      return recorded
    }
    if recorded.isNew {
      context.logger.info(
        "refund booked",
        metadata: [
          "order": "\(refund.orderID)", "refund": "\(refund.refundID)",
          "refunded": "\(refund.refunded)", "supplier": "\(refund.supplierRefunded)",
        ])
    }
    return try Sale(recorded.value)
  }

  /// Books what a dispute came to. FAILED_PRECONDITION as RecordRefund, and DISPUTE_OVER when it
  /// ended the other way.
  func recordDispute(_ request: RecordDisputeRequest, _ context: CallContext) async throws -> Sale {
    try requireRecorder(context, "record disputes")
    let (dispute, occurredAt) = try read(request)
    let entryID = ID.dispute(dispute.orderID, dispute.disputeID, dispute.state)
    let actor = try context.actor()
    let recorded = try await store.write { transaction in
      let recorded = try RefundStore(transaction: transaction).record(
        dispute, occurredAt: occurredAt)
      if recorded.isNew { try Journal(transaction: transaction).note(entryID, by: actor) }
      return recorded
    }
    if recorded.isNew {
      context.logger.info(
        "dispute booked",
        metadata: [
          "order": "\(dispute.orderID)", "dispute": "\(dispute.disputeID)",
          "state": "\(dispute.state.word)",
        ])
    }
    return try Sale(recorded.value)
  }
}
