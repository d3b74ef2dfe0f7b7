import ArgumentParser
import Contract
import Foundation
import Presentation

/// `dropwire ledger`: the books as accountants look at them.
struct LedgerVerbs: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ledger", abstract: "Look into the books, and book what was given back.",
    subcommands: [
      JournalVerb.self, LedgerAccountVerb.self, LedgerStatementVerb.self, LedgerTrialVerb.self,
      ProfitVerb.self, LedgerPayoutsVerb.self, RefundVerb.self, DisputeVerb.self,
      ReleasePayoutsVerb.self,
    ])
}

struct JournalVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "journal", abstract: "List the journal, one line for each posting.",
    discussion: """
      EXAMPLES:
        dropwire ledger journal
        dropwire ledger journal --order my-first --csv
      """)

  @Option(help: "Only this order's entries.") var order = ""
  @OptionGroup var world: WorldOptions
  @OptionGroup var page: PageOptions
  @OptionGroup var showing: ListingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let answer = try await session.ledger.listEntries(
      ListEntriesRequest(
        environment: world.environment, orderID: order, pageSize: page.pageSize,
        pageToken: page.pageToken), options: session.options)
    session.show(
      showing, json: answer.json(pretty: true), BookPages.sheet(answer.entries),
      ifEmpty: "no entries", after: PageOptions.more(answer.nextPageToken))
  }
}

struct ProfitVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "profit", abstract: "Show what orders brought, with totals.",
    discussion: """
      sales - refunds - fees - cost = gross = commission + resellers' share, from the postings of \
      the time asked for; the totals are those of all pages.

      EXAMPLES:
        dropwire ledger profit --by month
        dropwire ledger profit --by product --from 2026-11-01 --until 2026-12-01 --csv
        dropwire ledger profit --by order --user 42
      """)

  @Option(help: "order, product, reseller or month.") var by = "month"
  @Option(help: "Only this currency.") var currency = ""
  @Option(help: ArgumentHelp("Only this reseller's.", valueName: "id")) var user: Int64 = 0
  @Option(help: ArgumentHelp("The first day, in UTC.", valueName: "day")) var from: String?
  @Option(help: ArgumentHelp("The day after the last.", valueName: "day")) var until: String?
  @OptionGroup var world: WorldOptions
  @OptionGroup var page: PageOptions
  @OptionGroup var showing: ListingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let grouping = try Typed.word(
      by, option: "--by", of: ProfitGrouping.allKnown.map { ($0, $0.shortName) })
    let answer = try await session.ledger.getProfit(
      GetProfitRequest(
        environment: world.environment, grouping: grouping ?? .month, currency: currency,
        userID: user, from: try from.map { try Typed.day($0, option: "--from") },
        until: try until.map { try Typed.day($0, option: "--until") },
        pageSize: page.pageSize, pageToken: page.pageToken), options: session.options)
    session.show(
      showing, json: answer.json(pretty: true), Sheet.profit(answer, by: by),
      ifEmpty: "no orders", after: PageOptions.more(answer.nextPageToken))
  }
}

extension Typed {
  /// The start of a day in UTC, such as `2026-11-24`.
  static func day(_ text: String, option: String) throws(Complaint) -> Timestamp {
    do {
      let day = try Date.ISO8601FormatStyle().year().month().day().parse(text)
      return Timestamp(seconds: Int64(day.timeIntervalSince1970))
    } catch {
      throw Complaint(.usage, "\(option) is \"\(text)\"; it must be a day such as 2026-11-24")
    }
  }
}
