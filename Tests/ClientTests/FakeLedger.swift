import Contract
import RPC

@testable import Client

/// The ledger of `FakeServices`.
struct FakeLedger: LedgerMethods {
  let fake: FakeServices

  func listPayouts(_ request: ListPayoutsRequest, _ context: CallContext) async throws
    -> ListPayoutsResponse
  {
    try fake.note("ListPayouts", request, context)
    return ListPayoutsResponse(payouts: Examples.payouts)
  }

  func trialBalance(_ request: TrialBalanceRequest, _ context: CallContext) async throws
    -> TrialBalanceResponse
  {
    try fake.note("TrialBalance", request, context)
    return fake.trialBalance
  }

  func verifyJournal(_ request: VerifyJournalRequest, _ context: CallContext) async throws
    -> VerifyJournalResponse
  {
    try fake.note("VerifyJournal", request, context)
    return fake.verified
  }

  func checkInvariants(_ request: CheckInvariantsRequest, _ context: CallContext) async throws
    -> CheckInvariantsResponse
  {
    try fake.note("CheckInvariants", request, context)
    return CheckInvariantsResponse(violations: fake.violations)
  }

  func listCaptures(_ request: ListCapturesRequest, _ context: CallContext) async throws
    -> ListCapturesResponse
  {
    try fake.note("ListCaptures", request, context)
    return ListCapturesResponse(sales: fake.captures)
  }

  func getSale(_ request: GetSaleRequest, _ context: CallContext) async throws -> Sale {
    try fake.note("GetSale", request, context)
    return Examples.sale
  }

  func recordRefund(_ request: RecordRefundRequest, _ context: CallContext) async throws -> Sale {
    try fake.note("RecordRefund", request, context)
    return Examples.sale
  }

  func recordDispute(_ request: RecordDisputeRequest, _ context: CallContext) async throws
    -> Sale
  {
    try fake.note("RecordDispute", request, context)
    return Examples.sale
  }

  func getProfit(_ request: GetProfitRequest, _ context: CallContext) async throws
    -> GetProfitResponse
  {
    try fake.note("GetProfit", request, context)
    return GetProfitResponse(lines: [Examples.profit("a,\"b\"")], totals: [Examples.profit("")])
  }

  func listEntries(_ request: ListEntriesRequest, _ context: CallContext) async throws
    -> ListEntriesResponse
  {
    try fake.note("ListEntries", request, context)
    return ListEntriesResponse(entries: Examples.entries)
  }

  func recordFunding(_ request: RecordFundingRequest, _ context: CallContext) async throws
    -> RecordFundingResponse
  {
    try fake.note("RecordFunding", request, context)
    return RecordFundingResponse(entry: Examples.entries[0])
  }

  /// In two pieces, cut in the middle of a letter.
  func exportJournal(
    _ request: ExportJournalRequest, _ context: CallContext,
    _ responses: ResponseStream<ExportJournalResponse>
  ) async throws {
    try fake.note("ExportJournal", request, context)
    guard request.format == .jsonLines else {
      let text = Array("1,é\n".utf8)
      try await responses.write(ExportJournalResponse(text: Array(text.prefix(3))))
      try await responses.write(ExportJournalResponse(text: Array(text.dropFirst(3))))
      return
    }
    guard request.environment == .sandbox else { return }
    for entry in Examples.entries {
      let line = entry.json(pretty: false) + "\n"
      try await responses.write(ExportJournalResponse(text: Array(line.utf8)))
    }
  }
}
