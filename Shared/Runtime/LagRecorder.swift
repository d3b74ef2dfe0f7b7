import Contract
import Measure

/// Counts how late a process learns of one kind of event that happens elsewhere.
public final class LagRecorder: Sendable {
  public let name: String
  /// In microseconds where others count nanoseconds, so that its buckets reach from a millisecond to
  /// a day and a half.
  private let histogram = LatencyHistogram()

  /// - Parameter name: what happened, such as `shipped`.
  public init(_ name: String) { self.name = name }

  public func record(milliseconds: Int64) {
    histogram.record(nanoseconds: Int(max(0, min(milliseconds, Self.millisecondsMax))) * 1000)
  }

  /// A century, so that no sum of many overflows.
  private static let millisecondsMax: Int64 = 100 * 366 * 24 * 3600 * 1000

  var figures: LagStatistics {
    let all = histogram.histogram
    return LagStatistics(
      name: name, count: Int64(all.count), sumMilliseconds: Int64(all.sumNanoseconds / 1000),
      maxMilliseconds: Int64(all.maxNanoseconds / 1000),
      p50Milliseconds: Int64((all.quantile(0.5) ?? 0) / 1000),
      p99Milliseconds: Int64((all.quantile(0.99) ?? 0) / 1000))
  }
}
