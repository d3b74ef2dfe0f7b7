/// How long an intent that failed waits.
enum IntentBackoff {
  static let noteLengthMax = 300
  private static let firstMilliseconds: Int64 = 1000
  private static let longestMilliseconds: Int64 = 60_000
  /// A fifth more or less, so that what failed together does not return together.
  private static let jitterPercent: ClosedRange<Int64> = 80...120

  /// - Parameter attempts: how often it was run before the run that failed.
  static func milliseconds(attempts: Int) -> Int64 {
    let doubled = firstMilliseconds << Int64(min(max(attempts, 0), 6))
    return min(doubled, longestMilliseconds) * .random(in: jitterPercent) / 100
  }
}
