import ArgumentParser
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization

/// The load of `bench gateway`: viewers of all orders that they may see, and reads at a steady rate.
/// Prints `ready` and where, once every viewer has been told all that there was, then its figures.
struct GatewayLoad: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "gateway-load", shouldDisplay: false)

  private static let lanes = 50
  private static let paths = [
    "/api/orders/seen-1", "/api/orders?pageSize=20", "/api/orders/seen-2/history",
    "/api/orders/seen-3/purchase", "/api/sales?pageSize=20", "/api/balance?account=reseller:42",
  ]
  /// Without an event, after which the viewers have seen what there was.
  private static let silence = Duration.milliseconds(700)
  private static let settlingMax = Duration.seconds(30)

  @Argument var url: String
  @Option(help: "Of a person.") var token: [String]
  @Option var viewers = 200
  @Option var reads = 500
  @Option var seconds = 10

  /// What came.
  private final class Tally: Sendable {
    let viewing = Atomic<Int>(0)
    let events = Atomic<Int>(0)
    let failed = Atomic<Int>(0)
    /// Since the reads began.
    let isMeasuring = Atomic<Bool>(false)
    let milliseconds = Mutex<[Double]>([])
    /// By viewer.
    let live: Mutex<[Int]>
    /// From an order's change to a viewer's having read it.
    let delays = Mutex<[Double]>([])

    init(viewers: Int) { live = Mutex(Array(repeating: 0, count: viewers)) }
  }

  func run() async throws {
    var configuration = HTTPClient.Configuration()
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = viewers + Self.lanes
    let client = HTTPClient(configuration: configuration)
    let tally = Tally(viewers: viewers)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for viewer in 0..<viewers { group.addTask { await view(client, tally, viewer) } }
      try await settle(tally)
      tally.isMeasuring.store(true, ordering: .relaxed)
      let before = ProcessUse(of: getpid()).cpuSeconds
      print("ready \(url)")
      fflush(nil)
      let end = ContinuousClock.now + .seconds(seconds)
      await withTaskGroup(of: Void.self) { readers in
        for lane in 0..<Self.lanes {
          readers.addTask { await read(client, tally, lane, until: end) }
        }
      }
      let cpu = ProcessUse(of: getpid()).cpuSeconds - before
      print("load.cpu\t\(cpu / Double(seconds) * 100)")
      group.cancelAll()
    }
    report(tally)
    try await client.shutdown()
  }

  /// Waits until every viewer has seen what there was before.
  private func settle(_ tally: Tally) async throws {
    let deadline = ContinuousClock.now + Self.settlingMax
    var (seen, since) = (-1, ContinuousClock.now)
    while tally.viewing.load(ordering: .relaxed) < viewers || since + Self.silence > .now {
      guard ContinuousClock.now < deadline else {
        let viewing = tally.viewing.load(ordering: .relaxed)
        throw ChildProcess.Failure(description: "\(viewing) of \(viewers) viewers came to rest")
      }
      try await Task.sleep(for: .milliseconds(20))
      let events = tally.events.load(ordering: .relaxed)
      if events != seen { (seen, since) = (events, .now) }
    }
  }

  private func report(_ tally: Tally) {
    let times = tally.milliseconds.withLock { $0 }
    let (live, delays) = (tally.live.withLock { $0 }, tally.delays.withLock { $0 })
    print("http.rate\t\(Double(times.count) / Double(seconds))")
    print("http.p50\t\(percentile(times, 0.5))")
    print("http.p99\t\(percentile(times, 0.99))")
    print("http.failed\t\(tally.failed.load(ordering: .relaxed))")
    print("viewers.events\t\(median(live.map { Double($0) }))")
    print("viewers.untold\t\(live.count { $0 == 0 })")
    print("viewers.p50\t\(percentile(delays, 0.5))")
    print("viewers.p99\t\(percentile(delays, 0.99))")
  }

  private func request(_ path: String, _ person: Int) -> HTTPClientRequest {
    var request = HTTPClientRequest(url: url + path)
    request.headers.add(name: "Authorization", value: "Bearer \(token[person % token.count])")
    return request
  }

  private func view(_ client: HTTPClient, _ tally: Tally, _ viewer: Int) async {
    do {
      let response = try await client.execute(request("/api/events", viewer), timeout: .hours(1))
      guard response.status == .ok else { return }
      tally.viewing.add(1, ordering: .relaxed)
      for try await part in response.body {
        let text = String(buffer: part)
        let count = text.ranges(of: "event: order").count
        tally.events.add(count, ordering: .relaxed)
        guard tally.isMeasuring.load(ordering: .relaxed), count > 0 else { continue }
        tally.live.withLock { $0[viewer] += count }
        // One viewer is enough to tell how late changes come.
        if viewer % token.count == 0, let delay = Self.delay(text) {
          tally.delays.withLock { $0.append(delay) }
        }
      }
    } catch {
      // The end of the run cancels it.
    }
  }

  /// The milliseconds since the last order of a text changed.
  private static func delay(_ text: String) -> Double? {
    guard let mark = text.range(of: "\"updatedAt\":\"", options: .backwards) else { return nil }
    let time = String(text[mark.upperBound...].prefix { $0 != "\"" })
    let style = Date.ISO8601FormatStyle(includingFractionalSeconds: time.contains("."))
    guard let changedAt = try? style.parse(time) else { return nil }
    return Date().timeIntervalSince(changedAt) * 1000
  }

  /// One lane of reads, each at its time.
  private func read(
    _ client: HTTPClient, _ tally: Tally, _ lane: Int, until end: ContinuousClock.Instant
  ) async {
    let pause = Duration.seconds(1) * Self.lanes / reads
    var next = ContinuousClock.now + pause * lane / Self.lanes
    var number = lane
    while next < end {
      try? await Task.sleep(until: next, clock: .continuous)
      let begin = ContinuousClock.now
      let response = try? await client.execute(
        request(Self.paths[number % Self.paths.count], number), timeout: .seconds(10))
      _ = try? await response?.body.collect(upTo: 1 << 20)
      if response?.status == .ok {
        tally.milliseconds.withLock { $0.append((ContinuousClock.now - begin) / .milliseconds(1)) }
      } else {
        tally.failed.add(1, ordering: .relaxed)
      }
      number += 1
      next += pause
    }
  }
}
