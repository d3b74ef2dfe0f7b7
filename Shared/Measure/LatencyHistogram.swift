import Synchronization

/// A histogram that is written while it is read: two relaxed additions per time, no lock.
///
/// What is read during a write may lack a part of it.
public struct LatencyHistogram: ~Copyable, Sendable {
  private let counts = InlineArray<110, Atomic<Int>> { _ in Atomic(0) }
  private let sum = Atomic<Int>(0)
  private let longest = Atomic<Int>(0)

  public init() {
    precondition(counts.count == Histogram.bucketCount, "the array has the histogram's size")
  }

  public func record(nanoseconds: Int) {
    counts[Histogram.bucket(nanoseconds)].add(1, ordering: .relaxed)
    sum.add(nanoseconds, ordering: .relaxed)
    if nanoseconds > longest.load(ordering: .relaxed) {
      longest.max(nanoseconds, ordering: .relaxed)
    }
  }

  public func record(_ time: Duration) {
    let (seconds, attoseconds) = time.components
    record(nanoseconds: Int(clamping: seconds) &* 1_000_000_000 &+ Int(attoseconds / 1_000_000_000))
  }

  /// What was recorded so far.
  public var histogram: Histogram {
    Histogram(
      counts: counts.indices.map { counts[$0].load(ordering: .relaxed) },
      sumNanoseconds: sum.load(ordering: .relaxed),
      maxNanoseconds: longest.load(ordering: .relaxed))
  }
}
