import Foundation

/// The RPC benchmark's levels for people: a row for each runtime.
enum EchoTable {
  private static let head = [
    "", "calls/s", "p50 us", "p99 us", "CPU us/call", "server", "client", "ours: rate", "p50",
    "CPU",
  ]

  static func print(_ levels: [EchoLevel], ours: EchoLevel?) {
    guard let inFlight = levels.first?.inFlight else { return }
    var rows = [head]
    rows[0][0] = "\(inFlight) in flight"
    rows += levels.map { row($0, ours) }
    let widths = head.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    for row in rows {
      let cells = row.enumerated().map { column, cell in
        let pad = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? cell + pad : pad + cell
      }
      Swift.print(cells.joined(separator: "  "))
    }
    Swift.print()
  }

  private static func row(_ level: EchoLevel, _ ours: EchoLevel?) -> [String] {
    func times(_ value: (EchoFigures) -> Double) -> String {
      guard let ours, ours.name != level.name else { return "" }
      return String(format: "x %.2f", level.ratio(of: ours, value))
    }
    return [
      level.name,
      String(format: "%.0f", level.middle(\.callsPerSecond)),
      String(format: "%.1f", level.middle(\.p50Microseconds)),
      String(format: "%.1f", level.middle(\.p99Microseconds)),
      String(format: "%.2f", level.middle(\.microseconds)),
      String(format: "%.2f", level.middle(\.serverMicroseconds)),
      String(format: "%.2f", level.middle(\.clientMicroseconds)),
      times(\.callsPerSecond), times(\.p50Microseconds), times(\.microseconds),
    ]
  }
}
