import ArgumentParser
import Contract
import Foundation
import RPC

/// `dropwire history`.
struct HistoryVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "Tell the story of an order across the three services.",
    discussion: """
      A service that cannot be asked is named at the end, and the rest is shown.

      EXAMPLES:
        dropwire history my-first
        dropwire history my-first --json
      """)

  @Argument(help: "The order.") var order: String
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let (story, firstComplaint) = await StoryReader(session: session, order: order).read()
    if story.lines.isEmpty, let firstComplaint { throw firstComplaint }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let json = String(decoding: try encoder.encode(story), as: UTF8.self)
    session.show(showing, json: json) { story.text }
  }
}

/// Asks the three services for their parts of a story.
struct StoryReader: Sendable {
  let session: Session
  let order: String

  private typealias Part = (lines: [Story.Line], complaint: Complaint?)

  /// The story as far as it is known, and the first complaint if there was one.
  func read() async -> (story: Story, firstComplaint: Complaint?) {
    async let orders = part { try await orderLines() }
    async let purchasing = part { try await purchaseLines() }
    async let ledger = part { try await ledgerLines() }
    let (own, bought, booked) = await (orders, purchasing, ledger)
    // An order's own step follows what it records, so it comes last within one millisecond.
    let parts = [bought.lines, booked.lines, own.lines]
    let complaints = [own, bought, booked].compactMap(\.complaint)
    return (Story(parts: parts, missing: complaints.map(\.text)), complaints.first)
  }

  private func part(_ read: () async throws -> [Story.Line]) async -> Part {
    do {
      return (try await read(), nil)
    } catch {
      return ([], Complaint(error))
    }
  }

  private func orderLines() async throws -> [Story.Line] {
    let answer = try await session.orders.getOrderHistory(
      GetOrderHistoryRequest(orderID: order), options: session.options)
    return Story.lines(answer.events)
  }

  /// An order that was not bought yet has no purchase.
  private func purchaseLines() async throws -> [Story.Line] {
    do {
      return Story.lines(
        try await session.purchasing.getPurchase(
          GetPurchaseRequest(orderID: order), options: session.options))
    } catch let error as RPCError where error.code == .notFound {
      return []
    }
  }

  /// The entries of an order are in the journal of one of the environments.
  private func ledgerLines() async throws -> [Story.Line] {
    var entries: [JournalEntry] = []
    for environment in [Contract.Environment.sandbox, .production] {
      entries += try await entriesIn(environment)
    }
    let payouts = try await session.ledger.listPayouts(
      ListPayoutsRequest(orderID: order, pageSize: 100), options: session.options)
    return Story.lines(entries) + Story.lines(payouts.payouts)
  }

  private func entriesIn(_ environment: Contract.Environment) async throws -> [JournalEntry] {
    let pieces = session.ledger.exportJournal(
      ExportJournalRequest(format: .jsonLines, environment: environment, orderID: order),
      options: session.options)
    var text: [UInt8] = []
    for try await piece in pieces { text += piece.text }
    return try text.split(separator: UInt8(ascii: "\n")).map { line in
      try JournalEntry(json: String(decoding: line, as: UTF8.self))
    }
  }
}
