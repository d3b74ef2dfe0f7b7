import Contract
import Money
import Runtime

/// The journal as text that other programs read: beancount, hledger and ledger-cli, CSV, JSON lines.
///
/// **Invariant:** every transaction balances as printed; amounts have the currency's decimals. What
/// is printed comes from a closed set of characters (ids of a-z, 0-9, '-', '/'), so nothing needs
/// quoting.
struct JournalExport {
  enum Format: Sendable { case beancount, hledger, csv, jsonLines }

  let format: Format

  /// What comes before the first entry, given the accounts that will appear: all are declared, so
  /// that the programs' strict checks pass too.
  func opening(_ accounts: [(name: String, currency: String)]) -> String {
    let currencies = Dictionary(grouping: accounts, by: \.name).sorted { $0.key < $1.key }
    switch format {
    case .csv:
      return "sequence,entryID,kind,debit,credit,amount,currency,orderID,environment,occurredAt,"
        + "recordedAt,hash\n"
    case .jsonLines: return ""
    case .hledger:
      return "; Dropwire journal\n\ntag sequence\ntag hash\n"
        + Set(accounts.map(\.currency)).sorted().map { "commodity \($0)\n" }.joined()
        + currencies.map { "account \(Self.hledgerName($0.key))\n" }.joined()
    case .beancount:
      return "option \"title\" \"Dropwire journal\"\n\n"
        + currencies.map { name, pairs in
          let codes = pairs.map(\.currency).sorted().joined(separator: ",")
          return "1970-01-01 open \(Self.beancountName(name)) \(codes)\n"
        }.joined()
    }
  }

  /// One entry.
  func text(_ stored: StoredEntry) throws -> String {
    switch format {
    case .csv: try csv(stored)
    case .jsonLines: Contract.JournalEntry(stored).json(pretty: false) + "\n"
    case .hledger: try hledger(stored)
    case .beancount: try beancount(stored)
    }
  }

  private func csv(_ stored: StoredEntry) throws -> String {
    let content = stored.content
    let end = [
      content.orderID, Self.environmentWord(content), UTC.time(content.occurredAt),
      UTC.time(content.recordedAt), Self.hex(stored.hash),
    ]
    return try content.lines.map { line in
      let start = [
        "\(content.sequence)", content.entryID, content.kind, line.debit, line.credit,
        try Self.decimal(line), line.currency,
      ]
      return (start + end).joined(separator: ",") + "\n"
    }.joined()
  }

  private func hledger(_ stored: StoredEntry) throws -> String {
    let content = stored.content
    var text = "\n\(UTC.day(content.occurredAt)) * (\(content.entryID)) \(content.kind)\n"
    text += "    ; sequence: \(content.sequence)\n    ; hash: \(Self.hex(stored.hash))\n"
    for line in content.lines {
      let amount = try Self.decimal(line)
      text += "    \(Self.hledgerName(line.debit))  \(amount) \(line.currency)\n"
      text += "    \(Self.hledgerName(line.credit))  -\(amount) \(line.currency)\n"
    }
    return text
  }

  private func beancount(_ stored: StoredEntry) throws -> String {
    let content = stored.content
    var text = "\n\(UTC.day(content.occurredAt)) * \"\(content.kind)\" \"\(content.entryID)\"\n"
    text += "  sequence: \(content.sequence)\n  hash: \"\(Self.hex(stored.hash))\"\n"
    for line in content.lines {
      let amount = try Self.decimal(line)
      text += "  \(Self.beancountName(line.debit))  \(amount) \(line.currency)\n"
      text += "  \(Self.beancountName(line.credit))  -\(amount) \(line.currency)\n"
    }
    return text
  }

  // MARK: Names

  /// The five roots that beancount knows, and the account's own name in capitals.
  static func beancountName(_ name: String) -> String {
    switch Account(name: name) {
    case .payPal: "Assets:PayPal"
    case .buyerDeposits: "Liabilities:BuyerDeposits"
    case .paymentFees: "Expenses:PaymentFees"
    case .sales: "Income:Sales"
    case .refunds: "Income:Refunds"
    case .supplierCost: "Expenses:SupplierCost"
    case .commission: "Expenses:Commission"
    case .resellerShare: "Expenses:ResellerShare"
    case .adminPayable: "Liabilities:AdminPayable"
    case .platformFunds: "Equity:PlatformFunds"
    case .payoutsInTransit: "Liabilities:PayoutsInTransit"
    case .disputeHolds: "Liabilities:DisputeHolds"
    case .payoutFees: "Expenses:PayoutFees"
    case .reseller(let id): "Liabilities:Reseller:R\(id)"
    case nil: "Equity:Unknown"
    }
  }

  /// The same tree in small letters, as hledger's own examples have it.
  static func hledgerName(_ name: String) -> String {
    let parts = beancountName(name).split(separator: ":")
    return ([parts[0].lowercased()] + parts.dropFirst().map(String.init)).joined(separator: ":")
  }

  // MARK: Values

  private static func decimal(_ line: JournalHash.Line) throws -> String {
    try Amount(validating: line.minorUnits, currency: line.currency).decimal
  }

  private static func environmentWord(_ content: JournalHash.Content) -> String {
    Contract.Environment(rawValue: Int32(content.environment)).word
  }

  static func hex(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
