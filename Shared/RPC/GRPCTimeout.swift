/// The `grpc-timeout` header: up to eight digits and a unit (H, M, S, m, u, n).
enum GRPCTimeout {
  static let name = "grpc-timeout"
  private static let digitsMax: Int64 = 99_999_999

  /// Nil when the text is not a timeout.
  static func parse(_ text: String) -> Duration? {
    guard (2...9).contains(text.utf8.count), let unit = text.utf8.last,
      text.utf8.dropLast().allSatisfy({ (48...57).contains($0) }),
      let count = Int64(text.dropLast())
    else { return nil }
    return switch unit {
    case UInt8(ascii: "H"): .seconds(count * 3600)
    case UInt8(ascii: "M"): .seconds(count * 60)
    case UInt8(ascii: "S"): .seconds(count)
    case UInt8(ascii: "m"): .milliseconds(count)
    case UInt8(ascii: "u"): .microseconds(count)
    case UInt8(ascii: "n"): .nanoseconds(count)
    default: nil
    }
  }

  /// The finest unit that fits, at least one microsecond.
  static func format(_ timeout: Duration) -> String {
    let (seconds, attoseconds) = timeout.components
    let (micro, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
    if !overflow, micro < digitsMax {
      return "\(max(1, micro + attoseconds / 1_000_000_000_000))u"
    }
    if seconds < digitsMax / 1000 {
      return "\(seconds * 1000 + attoseconds / 1_000_000_000_000_000)m"
    }
    return "\(min(seconds, digitsMax))S"
  }
}
