import Contract
import Foundation
import Money
import Testing

@testable import Ledger

/// Random histories, read and added up by beancount, hledger and ledger-cli.
@Suite struct ForeignProgramTests {
  /// Exports a history to a file and gives what every account must come to, such as
  /// `Assets:PayPal USD 18.81`.
  private func exported(
    _ format: JournalFormat, seed: UInt64, name: (String) -> String,
    _ body: (String) throws -> Set<String>
  ) async throws {
    let ledger = try LedgerUnderTest()
    var history = RandomHistory(ledger, seed: seed)
    try await history.run(steps: 200)
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("ledger-export-\(UUID().uuidString)")
    try Data(try await ledger.export(format).utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let trial = try await ledger.client.trialBalance(
      .init(environment: .sandbox), options: LedgerUnderTest.asOperator)
    let expected = try trial.lines.compactMap { line -> String? in
      guard let balance = line.balance, balance.minorUnits != 0 else { return nil }
      let amount = try Amount(validating: balance.minorUnits, currency: balance.currency)
      return "\(name(line.account)) \(balance.currency) \(Self.plain(amount.decimal))"
    }
    #expect(Set(expected.compactMap { $0.split(separator: " ").dropFirst().first }).count == 3)
    #expect(try body(file.path) == Set(expected))
  }

  /// A number without the zeros at its end, as some programs print it.
  private static func plain(_ number: some StringProtocol) -> String {
    guard number.contains(".") else { return String(number) }
    var digits = Substring(number)
    while digits.hasSuffix("0") { digits = digits.dropLast() }
    return String(digits.hasSuffix(".") ? digits.dropLast() : digits)
  }

  /// `account`, currency and number, unless it is zero.
  private static func line(
    _ account: some StringProtocol, _ currency: some StringProtocol,
    _ number: some StringProtocol
  ) -> String? {
    let number = plain(number)
    if number == "0" || number.isEmpty { return nil }
    return "\(account.trimmingCharacters(in: .whitespaces)) \(currency) \(number)"
  }

  @Test(arguments: [11, 12] as [UInt64])
  func `beancount accepts the journal and comes to the same balances`(_ seed: UInt64) async throws {
    let (check, query) = (try ForeignProgram("bean-check"), try ForeignProgram("bean-query"))
    try await exported(.beancount, seed: seed, name: JournalExport.beancountName) { path in
      #expect(try check.run([path]).isEmpty)
      let table = try query.run([
        "-q", "-f", "csv", path, "SELECT account, sum(position) GROUP BY account",
      ])
      // Assets:PayPal ," 18.81  USD,   1.234 KWD"
      return Set(
        table.split(whereSeparator: \.isNewline).dropFirst().flatMap { row -> [String] in
          let fields = row.replacing("\"", with: "").split(separator: ",")
          return fields.dropFirst().compactMap { position in
            let parts = position.split(separator: " ")
            guard let account = fields.first, parts.count == 2 else { return nil }
            return Self.line(account, parts[1], parts[0])
          }
        })
    }
  }

  @Test(arguments: [11, 12] as [UInt64])
  func `hledger accepts the journal strictly and comes to the same balances`(_ seed: UInt64)
    async throws
  {
    let hledger = try ForeignProgram("hledger")
    try await exported(.hledger, seed: seed, name: JournalExport.hledgerName) { path in
      #expect(try hledger.run(["-f", path, "check", "--strict"]).isEmpty)
      let table = try hledger.run([
        "-f", path, "balance", "--no-total", "--flat", "--layout=bare", "-O", "csv",
      ])
      // "assets:PayPal","KWD","1.234"
      return Set(
        table.split(whereSeparator: \.isNewline).dropFirst().compactMap { row in
          let fields = row.replacing("\"", with: "").split(separator: ",")
          return fields.count == 3 ? Self.line(fields[0], fields[1], fields[2]) : nil
        })
    }
  }

  @Test(arguments: [11, 12] as [UInt64])
  func `ledger-cli accepts the journal pedantically and comes to the same balances`(
    _ seed: UInt64
  ) async throws {
    let ledger = try ForeignProgram("ledger")
    try await exported(.hledger, seed: seed, name: JournalExport.hledgerName) { path in
      var found: Set<String> = []
      for currency in RandomHistory.currencies {
        let table = try ledger.run([
          "--args-only", "-f", path, "--strict", "--pedantic", "balance", "--flat", "--no-total",
          "--limit", "commodity == '\(currency)'", "--balance-format",
          "%(account)|%(quantity(scrub(display_total)))\\n",
        ])
        // assets:PayPal|1.234
        for row in table.split(whereSeparator: \.isNewline) {
          let fields = row.split(separator: "|")
          if fields.count == 2, let line = Self.line(fields[0], currency, fields[1]) {
            found.insert(line)
          }
        }
      }
      return found
    }
  }
}
