import Contract
import Testing

@testable import Ledger

/// The journal as text for other programs.
@Suite struct ExportTests {
  private typealias Page = LedgerUnderTest

  private func ledger() async throws -> LedgerUnderTest {
    let ledger = try LedgerUnderTest()
    try await ledger.fund()
    try await ledger.sell("o-1", fee: 119)
    try await ledger.sell("o-2", price: 900, cost: 1000, fundedBy: "platform")
    return ledger
  }

  /// Indented lines `account  amount currency`, grouped by the unindented line before them.
  private func transactions(_ text: String) -> [[(account: String, cents: Int64)]] {
    var found: [[(String, Int64)]] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let fields = line.split(separator: " ")
      if line.first?.isNumber == true && line.contains("*") { found.append([]) }
      guard line.hasPrefix("  "), fields.count == 3, fields[2] == "USD" else { continue }
      let cents = Int64(fields[1].replacing(".", with: "")) ?? .max
      found[found.count - 1].append((String(fields[0]), cents))
    }
    return found
  }

  @Test(arguments: [JournalFormat.beancount, .hledger])
  func `every transaction of the text balances and all come to the trial balance`(
    _ format: JournalFormat
  ) async throws {
    let ledger = try await ledger()
    let found = transactions(try await ledger.export(format))
    #expect(found.count == 5)
    for lines in found { #expect(lines.reduce(0) { $0 + $1.cents } == 0) }
    let sums = Dictionary(grouping: found.joined(), by: \.account)
      .mapValues { $0.reduce(0) { $0 + $1.cents } }
    let trial = try await ledger.client.trialBalance(
      .init(environment: .sandbox, currency: "USD"), options: Page.asOperator)
    #expect(trial.lines.count == sums.count)
    for line in trial.lines {
      let name =
        format == .beancount
        ? JournalExport.beancountName(line.account) : JournalExport.hledgerName(line.account)
      #expect(sums[name] == line.balance?.minorUnits, "\(line.account)")
    }
  }

  @Test func `beancount opens every account before it is used`() async throws {
    let text = try await ledger().export(.beancount)
    let opened = text.split(separator: "\n").filter { $0.contains(" open ") }
      .map { String($0.split(separator: " ")[2]) }
    let used = Set(transactions(text).joined().map(\.account))
    #expect(Set(opened) == used && opened.count == used.count)
    #expect(
      text.contains("2026-09-21 * \"capture\" \"o-1/capture\"\n  sequence: 2\n"), "\(text)")
  }

  @Test func `CSV has one line per posting and as many fields as its header`() async throws {
    let ledger = try await ledger()
    let lines = try await ledger.export(.csv).split(separator: "\n")
    let columns = lines[0].split(separator: ",").count
    #expect(lines.count == 12)
    for line in lines {
      #expect(line.split(separator: ",", omittingEmptySubsequences: false).count == columns)
    }
    #expect(try await ledger.export(.csv, "o-2").split(separator: "\n").count == 5)
  }

  @Test func `JSON lines has one entry per line`() async throws {
    let lines = try await ledger().export(.jsonLines).split(separator: "\n")
    #expect(lines.count == 5)
    #expect(lines.allSatisfy { $0.hasPrefix("{") && $0.hasSuffix("}") })
  }

  @Test(arguments: [
    (0, "1970-01-01T00:00:00.000Z"), (951_782_400_123, "2000-02-29T00:00:00.123Z"),
    (1_790_000_000_000, "2026-09-21T14:13:20.000Z"),
    (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
    (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
    (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
  ])
  func `times are in UTC`(_ milliseconds: Int64, _ text: String) {
    #expect(UTC.time(milliseconds) == text)
    #expect(UTC.day(milliseconds) == text.prefix(10))
  }
}
