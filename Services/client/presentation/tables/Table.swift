/// Rows of words in aligned columns, for people.
///
/// Amounts and counts stand at the right of their column. What came from elsewhere is shown without
/// control characters, so that no text can move the terminal's cursor.
public struct Table {
  public struct Column {
    let title: String
    let isRight: Bool

    public static func left(_ title: String) -> Column { Column(title: title, isRight: false) }
    public static func right(_ title: String) -> Column { Column(title: title, isRight: true) }
  }

  private let columns: [Column]
  private var rows: [[String]] = []

  public init(_ columns: [Column]) { self.columns = columns }

  public mutating func add(_ cells: [String]) {
    precondition(cells.count == columns.count, "a row has a cell for each column")
    rows.append(cells.map(Shown.line))
  }

  /// The table with its heading; `nothing` when it has no rows.
  public func text(ifEmpty nothing: String) -> String {
    guard !rows.isEmpty else { return nothing }
    let all = [columns.map { $0.title.uppercased() }] + rows
    let widths = columns.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      let cells = columns.indices.map { column in
        Self.padded(row[column], to: widths[column], isRight: columns[column].isRight)
      }
      return Self.trimmed(cells.joined(separator: "  "))
    }.joined(separator: "\n")
  }

  /// One thing as lines of a name and its value; what is empty is left out.
  public static func card(_ lines: [(name: String, value: String)]) -> String {
    let shown = lines.filter { !$0.value.isEmpty }
    let width = shown.map(\.name.count).max() ?? 0
    return shown.map { line in
      padded(line.name, to: width, isRight: false) + "  " + Shown.line(line.value)
    }.joined(separator: "\n")
  }

  private static func padded(_ text: String, to width: Int, isRight: Bool) -> String {
    let spaces = String(repeating: " ", count: max(0, width - text.count))
    return isRight ? spaces + text : text + spaces
  }

  private static func trimmed(_ text: String) -> String {
    var text = text[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
