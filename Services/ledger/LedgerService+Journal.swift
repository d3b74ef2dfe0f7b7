import Contract
import Logging
import Money
import RPC
import Runtime
import Store

extension LedgerService {
  static let entriesPerPiece = 500

  /// Every account's sums as of one moment, with the head of the chain at that moment.
  func trialBalance(_ request: TrialBalanceRequest, _ context: CallContext) async throws
    -> TrialBalanceResponse
  {
    try context.actor().requirePlatform("see the trial balance")
    var fields = Fields()
    let environment = fields.environment(request.environment)
    if !request.currency.isEmpty { _ = fields.currency("currency", request.currency) }
    try fields.finish()
    guard let environment else { throw fields.refusal }
    let currency = request.currency
    let (lines, head) = try await store.read { transaction in
      let journal = Journal(transaction: transaction)
      return (
        try journal.trialBalance(environment, currency: currency), try journal.head()
      )
    }
    return TrialBalanceResponse(lines, entries: head.sequence, headHash: head.hash)
  }

  /// Checks every hash. Not valid is an answer, not an error.
  func verifyJournal(_ request: VerifyJournalRequest, _ context: CallContext) async throws
    -> VerifyJournalResponse
  {
    try context.actor().requirePlatform("verify the journal")
    if !request.expectedHead.isEmpty && request.expectedHead.count != JournalHash.byteCount {
      var fields = Fields()
      fields.reject(
        "expected_head", "has \(request.expectedHead.count) bytes; it must have 32, or none")
      try fields.finish()
    }
    let result = try await JournalCheck(store: store).verify(expectedHead: request.expectedHead)
    if !result.firstBad.isEmpty {
      logger.error("the journal was changed", metadata: ["entry": "\(result.firstBad)"])
    }
    return VerifyJournalResponse(
      isValid: result.firstBad.isEmpty, entries: result.entries, headHash: result.headHash,
      firstBadEntryID: result.firstBad)
  }

  /// The journal of one environment as text, up to the entry that was newest at the start.
  func exportJournal(
    _ request: ExportJournalRequest, _ context: CallContext,
    _ responses: ResponseStream<ExportJournalResponse>
  ) async throws {
    try context.actor().requirePlatform("export the journal")
    let (export, selection) = try read(request)
    let environment = request.environment
    let (accounts, head) = try await store.read { transaction in
      let journal = Journal(transaction: transaction)
      return (try journal.trialBalance(environment, currency: ""), try journal.head().sequence)
    }
    let opening = export.opening(accounts.map { ($0.account, $0.currency) })
    if !opening.isEmpty { try await responses.write(.init(text: Array(opening.utf8))) }
    var sequence: Int64 = 0
    while sequence < head {
      let from = sequence
      let page = try await store.read {
        try Journal(transaction: $0).entries(
          after: from, limit: Self.entriesPerPiece, selection)
      }
      guard let last = page.last else { return }
      let text = try page.filter { $0.content.sequence <= head }.map(export.text).joined()
      if !text.isEmpty { try await responses.write(.init(text: Array(text.utf8))) }
      sequence = last.content.sequence
    }
  }

  private func read(_ request: ExportJournalRequest) throws(InvalidFields) -> (
    JournalExport, Journal.Selection
  ) {
    var fields = Fields()
    let environment = fields.environment(request.environment)
    var orderID = ""
    if !request.orderID.isEmpty { orderID = fields.id("order_id", request.orderID) ?? "" }
    var format: JournalExport.Format?
    switch request.format {
    case .beancount: format = .beancount
    case .hledger: format = .hledger
    case .csv: format = .csv
    case .jsonLines: format = .jsonLines
    case .unspecified, .unrecognized:
      fields.reject(
        "format", "is \(request.format.name); it must be BEANCOUNT, HLEDGER, CSV or JSON_LINES")
    }
    try fields.finish()
    guard let environment, let format else { throw fields.refusal }
    return (
      JournalExport(format: format),
      Journal.Selection(environment: environment, orderID: orderID)
    )
  }
}
