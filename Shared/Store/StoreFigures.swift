public import Measure
import Synchronization

/// What a store counted of its commits since it was opened.
public struct StoreFigures: Sendable, Hashable {
  /// Flushes to the disk that succeeded.
  public var commits: Int
  /// Writes in them; those that wait at the same time share a commit.
  public var writes: Int
  /// Commits that failed.
  public var failed: Int
  /// Writes that wait for their commit.
  public var waiting: Int
  /// How long the flush took.
  public var latency: Histogram
}

/// Counts commits.
final class CommitStatistics: Sendable {
  private let commits = Atomic<Int>(0)
  private let writes = Atomic<Int>(0)
  private let failed = Atomic<Int>(0)
  private let latency = LatencyHistogram()

  /// Runs a commit of so many writes.
  func measure(writes count: Int, _ commit: () throws -> Void) throws {
    let begin = ContinuousClock.now
    do {
      try commit()
    } catch {
      failed.add(1, ordering: .relaxed)
      throw error
    }
    latency.record(ContinuousClock.now - begin)
    commits.add(1, ordering: .relaxed)
    writes.add(count, ordering: .relaxed)
  }

  func figures(waiting: Int) -> StoreFigures {
    StoreFigures(
      commits: commits.load(ordering: .relaxed), writes: writes.load(ordering: .relaxed),
      failed: failed.load(ordering: .relaxed), waiting: waiting, latency: latency.histogram)
  }
}
