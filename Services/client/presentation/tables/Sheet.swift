public import Contract
import Money

/// Rows of values, shown as a table for people or as CSV for programs.
///
/// CSV is as RFC 4180 has it: lines end with CR and LF, a field with a comma, a quote or a line end
/// stands in quotes, and a quote in it is doubled. An amount makes two columns, the number with the
/// currency's decimals and the currency.
public struct Sheet {
  public enum Kind { case text, number, amount, time }

  public enum Cell {
    case text(String)
    case number(Int64)
    case amount(Contract.Money?)
    case time(Timestamp?)
  }

  private let columns: [(title: String, kind: Kind)]
  private var rows: [[Cell]] = []

  public init(_ columns: [(String, Kind)]) {
    self.columns = columns.map { (title: $0.0, kind: $0.1) }
  }

  public mutating func add(_ cells: [Cell]) {
    precondition(cells.count == columns.count, "a row has a cell for each column")
    rows.append(cells)
  }

  /// The table for people; `nothing` when it has no rows.
  public func table(ifEmpty nothing: String) -> String {
    var table = Table(
      columns.map { $0.kind == .text || $0.kind == .time ? .left($0.title) : .right($0.title) })
    for row in rows { table.add(row.map(Self.shown)) }
    return table.text(ifEmpty: nothing)
  }

  private static func shown(_ cell: Cell) -> String {
    switch cell {
    case .text(let text): text
    case .number(let number): "\(number)"
    case .amount(let money): Shown.amount(money)
    case .time(let time): Shown.time(time)
    }
  }

  /// A heading and a line for each row.
  public var csv: String {
    let heading = columns.flatMap { column in
      column.kind == .amount ? [column.title, "\(column.title) currency"] : [column.title]
    }
    return Self.line(heading) + csvRows
  }

  /// The lines without the heading, for what follows in the same file.
  public var csvRows: String {
    rows.map { Self.line($0.flatMap(Self.fields)) }.joined()
  }

  private static func line(_ fields: [String]) -> String {
    fields.map(field).joined(separator: ",") + "\r\n"
  }

  private static func fields(_ cell: Cell) -> [String] {
    guard case .amount(let money) = cell else { return [shown(cell)] }
    guard let money else { return ["", ""] }
    do throws(MoneyError) {
      let amount = try Amount(validating: money.minorUnits, currency: money.currency)
      return [amount.decimal, money.currency]
    } catch {
      return ["\(money.minorUnits)", money.currency]
    }
  }

  public static func field(_ text: String) -> String {
    let needsQuotes = text.unicodeScalars.contains { ",\"\r\n".unicodeScalars.contains($0) }
    return needsQuotes ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
  }
}
