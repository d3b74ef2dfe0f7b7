/// A value as the database stores it.
public enum SQLValue: Hashable, Sendable {
  case text(String)
  case integer(Int64)
  case blob([UInt8])
  case null

  /// NULL for nil.
  public static func optional(_ text: String?) -> SQLValue { text.map { .text($0) } ?? .null }

  /// NULL for nil.
  public static func optional(_ integer: Int64?) -> SQLValue {
    integer.map { .integer($0) } ?? .null
  }
}
