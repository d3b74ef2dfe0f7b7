extension Timestamp {
  private static let nanosPerMillisecond: Int64 = 1_000_000

  public init(milliseconds: Int64) {
    let (seconds, rest) = milliseconds.floored(by: 1000)
    self.init(seconds: seconds, nanos: Int32(rest * Self.nanosPerMillisecond))
  }

  /// Milliseconds since 1970, cut. Moments that Int64 cannot tell in milliseconds are its ends.
  public var milliseconds: Int64 {
    let rest = Int64(nanos).floored(by: Self.nanosPerMillisecond).quotient
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    guard !overflow else { return seconds < 0 ? .min : .max }
    let (sum, isAbove) = product.addingReportingOverflow(rest)
    return isAbove ? (rest < 0 ? .min : .max) : sum
  }
}

extension Int64 {
  /// Division that rounds down, for what lies before 1970.
  func floored(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
