import ArgumentParser
import Contract
import Foundation
import Presentation
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

  /// The story as far as it is known, and the first complaint if there was one.
  func read() async -> (story: Story, firstComplaint: Complaint?) {
    async let orders = part([]) { try await history() }
    async let purchasing = part(nil) { try await purchase() }
    async let ledger = part(nil) { try await books() }
    let (own, bought, booked) = await (orders, purchasing, ledger)
    let complaints = [own.complaint, bought.complaint, booked.complaint].compactMap { $0 }
    let story = OrderStory(
      .init(
        history: own.value, purchase: bought.value, entries: booked.value?.entries ?? [],
        payouts: booked.value?.payouts ?? []))
    return (Story(story, missing: complaints.map(\.text)), complaints.first)
  }

  /// What a service answers, or nothing and why.
  private func part<Value: Sendable>(_ nothing: Value, _ read: () async throws -> Value) async
    -> (value: Value, complaint: Complaint?)
  {
    do {
      return (try await read(), nil)
    } catch {
      return (nothing, Complaint(error))
    }
  }

  private func history() async throws -> [OrderEvent] {
    try await session.orders.getOrderHistory(.init(orderID: order), options: session.options).events
  }

  /// An order that was not bought yet has no purchase.
  private func purchase() async throws -> Purchase? {
    do {
      return try await session.purchasing.getPurchase(
        .init(orderID: order), options: session.options)
    } catch let error as RPCError where error.code == .notFound {
      return nil
    }
  }

  /// The entries of an order are in the journal of one of the environments.
  private func books() async throws -> (entries: [JournalEntry], payouts: [Payout])? {
    var entries: [JournalEntry] = []
    for environment in [Contract.Environment.sandbox, .production] {
      entries += try await entriesIn(environment)
    }
    let payouts = try await session.ledger.listPayouts(
      .init(orderID: order, pageSize: 100), options: session.options)
    return (entries, payouts.payouts)
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
