/// One row of an answer, read by the names of its columns.
///
/// Asking for a column that is not there, or that has another type, is a bug and ends the process:
/// statement and reader stand side by side.
public struct Row: Sendable {
  let columns: [String]
  let values: [SQLValue]

  public func text(_ column: String) -> String {
    guard case .text(let text) = value(column) else { wrong(column, "a text") }
    return text
  }

  public func int(_ column: String) -> Int64 {
    guard case .integer(let integer) = value(column) else { wrong(column, "an integer") }
    return integer
  }

  public func blob(_ column: String) -> [UInt8] {
    guard case .blob(let bytes) = value(column) else { wrong(column, "a blob") }
    return bytes
  }

  /// Nil for NULL.
  public func textOrNil(_ column: String) -> String? { isNull(column) ? nil : text(column) }

  /// Nil for NULL.
  public func intOrNil(_ column: String) -> Int64? { isNull(column) ? nil : int(column) }

  public func isNull(_ column: String) -> Bool { value(column) == .null }

  private func value(_ column: String) -> SQLValue {
    guard let index = columns.firstIndex(of: column) else {
      preconditionFailure("no column \(column) in \(columns)")
    }
    return values[index]
  }

  private func wrong(_ column: String, _ wanted: String) -> Never {
    preconditionFailure("column \(column) is not \(wanted)")
  }
}
