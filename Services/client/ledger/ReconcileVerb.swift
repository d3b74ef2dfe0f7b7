import ArgumentParser
import Contract
import Foundation
import Presentation

/// `dropwire reconcile`.
struct ReconcileVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "reconcile",
    abstract: "Hold PayPal's list and the supplier's orders against the books.",
    discussion: """
      Every line of PayPal's list of the account, every item of the payouts' batches, every booking \
      that moved money at PayPal and every purchase of the time is matched, or listed with a reason \
      and its age. PayPal takes up to three hours to list what happened. Changes nothing. Ends with \
      1 when something is open that will not end by itself.

      EXAMPLES:
        dropwire reconcile
        dropwire reconcile --from 2026-11-01 --until 2026-12-01 --csv
        dropwire reconcile --environment production --all --json
      """)

  @Option(
    help: ArgumentHelp(
      "The first day, in UTC.", discussion: "Default: 31 days before the end.", valueName: "day"))
  var from: String?
  @Option(
    help: ArgumentHelp("The day after the last.", discussion: "Default: now.", valueName: "day"))
  var until: String?
  @Flag(help: "List what matches as well.") var all = false
  @OptionGroup var world: WorldOptions
  @OptionGroup var showing: ListingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    var answer = try await session.ledger.reconcile(
      ReconcileRequest(
        environment: world.environment, from: try from.map { try Typed.day($0, option: "--from") },
        until: try until.map { try Typed.day($0, option: "--until") }, withMatched: all),
      options: session.options)
    let purchases = try await PurchaseComparison(
      session: session, environment: world.environment,
      from: answer.from?.milliseconds ?? 0, until: answer.until?.milliseconds ?? .max
    ).lines()
    answer.lines += purchases.filter { all || $0.reason != .matched }
    let matched = Int64(purchases.filter { $0.reason == .matched }.count)
    if !purchases.isEmpty {
      answer.tallies.append(
        ReconcileTally(
          kind: .purchase, matched: matched, open: Int64(purchases.count) - matched))
    }
    session.show(
      showing, json: answer.json(pretty: true), Self.sheet(answer.lines),
      ifEmpty: "everything matches", after: Self.tallies(answer))
    let isOpen = answer.lines.contains { $0.reason != .matched && $0.reason != .notYetShown }
    if isOpen { throw ExitCode(ExitStatus.badNews.rawValue) }
  }

  private static func sheet(_ lines: [ReconcileLine]) -> Sheet {
    var sheet = Sheet([
      ("kind", .text), ("reason", .text), ("subject", .text), ("provider id", .text),
      ("booked", .amount), ("reported", .amount), ("age", .text), ("since", .time),
      ("text", .text),
    ])
    for line in lines {
      sheet.add([
        .text(Shown.word(line.kind.shortName)), .text(Shown.word(line.reason.shortName)),
        .text(line.subject), .text(line.providerID), .amount(line.booked), .amount(line.reported),
        .text(age(line.ageSeconds)), .time(line.since), .text(line.text),
      ])
    }
    return sheet
  }

  private static func age(_ seconds: Int64) -> String {
    let days = seconds / 86_400
    return days > 0
      ? "\(days) d" : String(Shown.passed(seconds * 1000).drop { $0 == "+" })
  }

  private static func tallies(_ answer: ReconcileResponse) -> String {
    let counts = answer.tallies.map {
      "\(Shown.word($0.kind.shortName)): \($0.matched) matched, \($0.open) open"
    }
    let rest = answer.leftOut > 0 ? ["\(answer.leftOut) more lines; ask for less time"] : []
    return (counts + rest).map { "\n" + $0 }.joined()
  }
}
