import Measure
import Synchronization

/// Counts the calls of one provider's method at one server.
final class OutsideStatistics: Sendable {
  private let figures: Mutex<OutsideFigures>
  private let latency = LatencyHistogram()

  init(provider: String, method: String, origin: String) {
    figures = Mutex(OutsideFigures(provider: provider, method: method, origin: origin))
  }

  func began() { figures.withLock { $0.calls += 1 } }

  func ended(_ answer: OutsideAnswer) {
    figures.withLock { $0.ended[OutsideFigures.Ending(answer), default: 0] += 1 }
  }

  func tried(_ time: Duration) { latency.record(time) }

  func waits(_ time: Duration) {
    figures.withLock { figures in
      figures.waits += 1
      figures.waited += time
    }
  }

  func rateLimited() { figures.withLock { $0.rateLimited += 1 } }

  func breakerRefused() { figures.withLock { $0.breakerRefused += 1 } }

  var now: OutsideFigures {
    var now = figures.withLock(\.self)
    now.latency = latency.histogram
    return now
  }
}
