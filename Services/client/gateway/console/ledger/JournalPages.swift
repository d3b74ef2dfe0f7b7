import Contract
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Presentation
import RPC
import Runtime

/// An entry of the journal as pages show it.
struct EntryLine: Sendable {
  struct Line: Sendable {
    let debit: String
    let credit: String
    let amount: String
  }

  let entryID: String
  let path: String
  let number: String
  let kind: String
  let orderID: String
  let orderPath: String
  let occurred: Moment?
  let lines: [Line]

  init(_ entry: JournalEntry) {
    entryID = entry.entryID
    path = Console.entryPath(entry.entryID)
    number = "\(entry.sequence)"
    kind = Self.words(entry.kind)
    orderID = entry.orderID
    orderPath = entry.orderID.isEmpty ? "" : Look.path(ofOrder: entry.orderID)
    occurred = Moment(entry.occurredAt)
    lines = entry.postings.map {
      Line(
        debit: $0.debitAccount, credit: $0.creditAccount, amount: Shown.amount($0.amount))
    }
  }

  /// `payoutSubmitted` is `Payout submitted`.
  static func words(_ kind: String) -> String {
    let words = kind.map { $0.isUppercase ? " \($0.lowercased())" : "\($0)" }.joined()
    return words.prefix(1).uppercased() + words.dropFirst()
  }
}

/// The journal, newest first. The names are the template's.
struct JournalPage: Sendable {
  let tabs: [LedgerTab]
  let environment: String
  let entries: [EntryLine]
  let filters: [FormField]
  let isFiltered: Bool
  let exportPath: String
  let pager: Pager
}

/// One entry.
struct EntryPage: Sendable {
  let tabs: [LedgerTab]
  let entry: EntryLine
  let details: [Detail]
}

extension Console {
  private static let entries = "\(Section.ledger.path)/entries"

  static func entryPath(_ entryID: String) -> String { "\(entries)/\(encoded(entryID))" }

  static let journal: [Route] = [
    Route(
      .get, LedgerTab.Part.journal.path, "journal", "The journal, newest first.",
      audience: .session,
      query: [.text("orderId", "Only this order's."), .environment, .pageToken], answer: .page
    ) { try await journalPage($0) },
    Route(
      .get, "\(entries)/{entryId}", "entry", "One entry of the journal.", audience: .session,
      query: [.environment], answer: .page
    ) { try await entryPage($0) },
    Route(
      .get, "\(LedgerTab.Part.journal.path).csv", "journalFile", "The journal as CSV.",
      audience: .session, query: [.text("orderId", "Only this order's."), .environment],
      answer: .document
    ) { try await journalFile($0) },
  ]

  private static func journalPage(_ call: RouteCall) async throws -> Response {
    let (environment, orderID) = (call.environment(), call.query.text("orderId"))
    let answer = try await call.services.ledger.listEntries(
      .init(
        environment: environment, orderID: orderID, pageSize: 50, pageToken: call.query.pageToken,
        newestFirst: true), options: call.options)
    let path = LedgerTab.Part.journal.path
    let order = FormField("orderId", "Order", value: orderID, isRequired: false)
    return call.page(
      "journal", "Journal", .ledger,
      JournalPage(
        tabs: LedgerTab.all(.journal, call), environment: environment.word,
        entries: answer.entries.map { EntryLine($0) }, filters: [order],
        isFiltered: !orderID.isEmpty,
        exportPath: self.path(
          "\(path).csv", [("environment", environment.word), ("orderId", orderID)]),
        pager: Pager(
          call, path, next: answer.nextPageToken,
          [("orderId", orderID), ("environment", call.query.text("environment"))])))
  }

  private static func entryPage(_ call: RouteCall) async throws -> Response {
    let entryID = call.id("entryId")
    // An entry is of one world only, and its name does not say of which.
    for environment in [Contract.Environment.sandbox, .production] {
      let answer = try await call.services.ledger.listEntries(
        .init(environment: environment, pageSize: 1, entryID: entryID), options: call.options)
      guard let entry = answer.entries.first else { continue }
      let details =
        [
          Detail("World", entry.environment.word), Detail("Number", "\(entry.sequence)"),
          Detail("Hash", Shown.hex(entry.hash)),
        ]
        + Detail.list([("Booked by", Look.sentence(Shown.actor(entry.recordedBy)))])
        + Detail.times([("Happened", entry.occurredAt), ("Written", entry.recordedAt)])
      return call.page(
        "entry", "Entry \(entryID)", .ledger,
        EntryPage(tabs: LedgerTab.all(.journal, call), entry: EntryLine(entry), details: details))
    }
    throw RPCError(.notFound, "there is no entry \"\(entryID.prefix(100))\" in the journal")
  }

  /// The pieces go out as they come.
  private static func journalFile(_ call: RouteCall) async throws -> Response {
    let pieces = call.services.ledger.exportJournal(
      .init(
        format: .csv, environment: call.environment(), orderID: call.query.text("orderId")),
      options: call.options)
    var iterator = pieces.makeAsyncIterator()
    // A refusal comes before the first piece, when it can still be told.
    let first = try await iterator.next()
    let rest = AsyncThrowingStream<ByteBuffer, any Error> { continuation in
      let task = Task {
        do {
          if let first { continuation.yield(ByteBuffer(bytes: first.text)) }
          for try await piece in pieces { continuation.yield(ByteBuffer(bytes: piece.text)) }
          continuation.finish()
        } catch {
          continuation.finish(throwing: error)
        }
      }
      continuation.onTermination = { _ in task.cancel() }
    }
    return Response(
      status: .ok,
      headers: [
        .contentType: "text/csv; charset=utf-8",
        .contentDisposition: "attachment; filename=\"journal-\(call.environment().word).csv\"",
      ], body: .init(asyncSequence: rest))
  }
}
