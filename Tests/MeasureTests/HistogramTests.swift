import Testing

@testable import Measure

struct HistogramTests {
  @Test func `bounds rise from a microsecond to above a hundred seconds`() {
    let bounds = Histogram.upperBounds
    #expect(bounds.count == Histogram.bucketCount - 1)
    #expect(bounds.prefix(6) == [1024, 1280, 1536, 1792, 2048, 2560])
    #expect(bounds.last == 1 << 37)
    for (lower, upper) in zip(bounds, bounds.dropFirst()) {
      #expect(lower < upper && upper * 4 <= lower * 5)
    }
  }

  @Test func `a bucket holds its upper bound, and the next one what is above`() {
    for (bucket, bound) in Histogram.upperBounds.enumerated() {
      #expect(Histogram.bucket(bound) == bucket)
      #expect(Histogram.bucket(bound + 1) == bucket + 1)
    }
    #expect(Histogram.bucket(0) == 0)
    #expect(Histogram.bucket(-5) == 0)
    #expect(Histogram.bucket(.max) == Histogram.bucketCount - 1)
  }

  @Test func `nothing recorded has no quantile`() {
    #expect(Histogram.empty.quantile(0.5) == nil)
    #expect(LatencyHistogram().histogram == .empty)
  }

  @Test func `quantiles of a thousand times are near the true ones`() throws {
    let histogram = recorded((1...1000).map { $0 * 10_000 })
    #expect(histogram.count == 1000)
    #expect(histogram.sumNanoseconds == 5_005_000_000)
    #expect(histogram.maxNanoseconds == 10_000_000)
    for share in [0.1, 0.5, 0.9, 0.99] {
      let truth = share * 10_000_000
      let found = Double(try #require(histogram.quantile(share)))
      #expect(abs(found - truth) < truth / 5)
    }
    #expect(histogram.quantile(1) == 10_000_000)
  }

  @Test(arguments: [1, 1024, 1025, 7_000_000, 1 << 37, (1 << 37) + 1, 1 << 50])
  func `one time is never exceeded by its quantiles`(_ time: Int) throws {
    let histogram = recorded([time])
    #expect(try #require(histogram.quantile(0.5)) <= time)
    #expect(histogram.quantile(1) == time)
  }

  @Test func `what came since an earlier look is the difference`() {
    let recorder = LatencyHistogram()
    recorder.record(nanoseconds: 5_000_000)
    let earlier = recorder.histogram
    recorder.record(nanoseconds: 2_000)
    recorder.record(nanoseconds: 2_000)
    let later = recorder.histogram.since(earlier)
    #expect(later.count == 2)
    #expect(later.sumNanoseconds == 4_000)
    #expect(later.counts[Histogram.bucket(2_000)] == 2)
  }

  @Test func `nothing is lost when many record at once`() async {
    let recorder = Shared()
    await withTaskGroup { group in
      for worker in 1...8 {
        group.addTask {
          for _ in 0..<10_000 { recorder.latency.record(nanoseconds: worker * 1_000) }
        }
      }
    }
    let histogram = recorder.latency.histogram
    #expect(histogram.count == 80_000)
    #expect(histogram.sumNanoseconds == 36 * 10_000_000)
    #expect(histogram.maxNanoseconds == 8_000)
  }

  private final class Shared: Sendable {
    let latency = LatencyHistogram()
  }

  private func recorded(_ times: [Int]) -> Histogram {
    let recorder = LatencyHistogram()
    for time in times { recorder.record(nanoseconds: time) }
    return recorder.histogram
  }
}
