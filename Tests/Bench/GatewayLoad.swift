import ArgumentParser
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization

/// The load of `bench gateway`: viewers who watch all orders, reads at a steady rate, and an order each
/// second, so that there is something to see. Prints `ready`, then its figures.
struct GatewayLoad: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "gateway-load", shouldDisplay: false)

  private static let lanes = 50
  private static let paths = [
    "/api/orders/seen-1", "/api/orders?pageSize=20", "/api/orders/seen-2/history",
    "/api/sales?pageSize=20", "/api/balance?account=reseller:42",
  ]

  @Argument var url: String
  @Option var token = ""
  @Option var viewers = 200
  @Option var reads = 500
  @Option var seconds = 10
  @Option var prefix = "round"

  /// What came.
  private final class Tally: Sendable {
    let viewing = Atomic<Int>(0)
    let events = Atomic<Int>(0)
    let failed = Atomic<Int>(0)
    let milliseconds = Mutex<[Double]>([])
  }

  func run() async throws {
    var configuration = HTTPClient.Configuration()
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = viewers + Self.lanes
    let client = HTTPClient(configuration: configuration)
    let tally = Tally()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<viewers { group.addTask { await view(client, tally) } }
      while tally.viewing.load(ordering: .relaxed) < viewers {
        try? await Task.sleep(for: .milliseconds(20))
      }
      print("ready")
      fflush(nil)
      let end = ContinuousClock.now + .seconds(seconds)
      await withTaskGroup(of: Void.self) { readers in
        for lane in 0..<Self.lanes {
          readers.addTask { await read(client, tally, lane, until: end) }
        }
        readers.addTask { await sell(client, until: end) }
      }
      group.cancelAll()
    }
    let times = tally.milliseconds.withLock { $0 }
    print("http.rate\t\(Double(times.count) / Double(seconds))")
    print("http.p50\t\(percentile(times, 0.5))")
    print("http.p99\t\(percentile(times, 0.99))")
    print("http.failed\t\(tally.failed.load(ordering: .relaxed))")
    print("events\t\(tally.events.load(ordering: .relaxed))")
    try await client.shutdown()
  }

  private func request(_ path: String, _ body: String? = nil) -> HTTPClientRequest {
    var request = HTTPClientRequest(url: url + path)
    request.headers.add(name: "Authorization", value: "Bearer \(token)")
    if let body {
      request.method = .POST
      request.headers.add(name: "Content-Type", value: "application/json")
      request.body = .bytes(ByteBuffer(string: body))
    }
    return request
  }

  private func view(_ client: HTTPClient, _ tally: Tally) async {
    do {
      let response = try await client.execute(request("/api/events"), timeout: .hours(1))
      tally.viewing.add(1, ordering: .relaxed)
      for try await part in response.body {
        let text = String(buffer: part)
        tally.events.add(text.ranges(of: "event: order").count, ordering: .relaxed)
      }
    } catch {
      // The end of the run cancels it.
    }
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
        request(Self.paths[number % Self.paths.count]), timeout: .seconds(10))
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

  /// An order each second, from checkout to payouts.
  private func sell(_ client: HTTPClient, until end: ContinuousClock.Instant) async {
    let address =
      #"{"fullName":"Ada Lovelace","phone":"+14155550100","line1":"1 Market Street","#
      + #""city":"San Francisco","province":"California","postalCode":"94105","country":"US"}"#
    var number = 0
    while ContinuousClock.now < end {
      let id = "\(prefix)-\(number)"
      let checkout = #"{"orderId":"\#(id)","listingId":"mug","quantity":1,"shipTo":\#(address)}"#
      for (path, body) in [
        ("create-order", checkout), ("capture-order", #"{"orderId":"\#(id)"}"#),
      ] {
        let made = try? await client.execute(
          request("/api/paypal/\(path)", body), timeout: .seconds(10))
        _ = try? await made?.body.collect(upTo: 1 << 20)
      }
      number += 1
      try? await Task.sleep(for: .seconds(1))
    }
  }
}
