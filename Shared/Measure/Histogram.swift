/// How long things took: counts in fixed buckets, four per power of two from 1 us to 137 s.
///
/// A bucket holds the times above the bound before it and not above its own:
///
///     0        1         2         3         4         5           108       109
///     1,024 ns 1,280 ns  1,536 ns  1,792 ns  2,048 ns  2,560 ns .. 137 s     above
///
/// **Invariant:** the bounds never change, so that counts of any two moments and processes add up.
/// A quantile is off by less than a fifth of its value.
public struct Histogram: Sendable, Hashable {
  /// The octave of the first bound: 2^10 ns.
  static let firstOctave = 10
  /// The first octave that has no buckets: 2^37 ns.
  static let lastOctave = 37
  static let perOctave = 4
  public static let bucketCount = (lastOctave - firstOctave) * perOctave + 2

  /// Nanoseconds, one less than there are buckets: the last bucket has no bound.
  public static let upperBounds: [Int] = (0..<bucketCount - 1).map { bucket in
    if bucket == 0 { return 1 << firstOctave }
    let octave = firstOctave + (bucket - 1) / perOctave
    return (perOctave + 1 + (bucket - 1) % perOctave) << (octave - 2)
  }

  /// How many times fell into each bucket.
  public let counts: [Int]
  public let sumNanoseconds: Int
  /// The longest time.
  public let maxNanoseconds: Int

  /// - Parameter counts: one for each bucket.
  public init(counts: [Int], sumNanoseconds: Int, maxNanoseconds: Int) {
    precondition(counts.count == Self.bucketCount, "a count for each bucket")
    self.counts = counts
    self.sumNanoseconds = sumNanoseconds
    self.maxNanoseconds = maxNanoseconds
  }

  public static let empty = Histogram(
    counts: Array(repeating: 0, count: bucketCount), sumNanoseconds: 0, maxNanoseconds: 0)

  /// How many times there are in all.
  public var count: Int { counts.reduce(0, +) }

  /// The bucket of a time.
  static func bucket(_ nanoseconds: Int) -> Int {
    let below = nanoseconds - 1
    guard below >= 1 << firstOctave else { return 0 }
    let octave = Int.bitWidth - 1 - below.leadingZeroBitCount
    guard octave < lastOctave else { return bucketCount - 1 }
    return 1 + (octave - firstOctave) * perOctave + (below >> (octave - 2)) % perOctave
  }

  /// The time that the given share did not exceed, found between the bounds of its bucket.
  ///
  /// - Parameter share: from 0 to 1; 0.99 gives the 99th percentile.
  /// - Returns: nanoseconds; nil when there are no times.
  public func quantile(_ share: Double) -> Int? {
    let count = count
    guard count > 0 else { return nil }
    let rank = max(share, 0) * Double(count)
    var before = 0
    for (bucket, held) in counts.enumerated() where held > 0 {
      if Double(before + held) >= rank {
        guard bucket < Self.upperBounds.count else { return maxNanoseconds }
        let lower = bucket == 0 ? 0 : Self.upperBounds[bucket - 1]
        let width = Double(Self.upperBounds[bucket] - lower)
        let inside = (rank - Double(before)) / Double(held)
        return min(lower + Int(width * inside), maxNanoseconds)
      }
      before += held
    }
    return maxNanoseconds
  }

  /// The times that came after an earlier look at the same histogram. The longest of these is not
  /// known: the longest of all stands for it.
  public func since(_ earlier: Histogram) -> Histogram {
    Histogram(
      counts: zip(counts, earlier.counts).map { max($0 - $1, 0) },
      sumNanoseconds: max(sumNanoseconds - earlier.sumNanoseconds, 0),
      maxNanoseconds: maxNanoseconds)
  }
}
