import Contract
import Foundation
import Logging
import Measure
import RPC
import Testing

@testable import Runtime

/// A service that counts, asked over a socket.
@Suite(.timeLimit(.minutes(1)))
struct StatisticsServiceTests {
  private static let quiet = Logger(label: "runtime-tests") { _ in SwiftLogNoOpLogHandler() }

  private static func with(_ body: (RPCClient) async throws -> Void) async throws {
    let path = "/tmp/dw-stats-\(UInt32.random(in: .min ... .max))"
    let statistics = StatisticsService(
      service: "ledger", startedAt: Date(timeIntervalSinceNow: -60),
      sources: StatisticsSources(), server: .init())
    let server = try await RPCServer.start(
      socketPath: path, services: [statistics.rpcService()], logger: quiet)
    statistics.server.set(server)
    let client = RPCClient(socketPath: path, logger: quiet)
    do {
      try await body(client)
    } catch {
      Issue.record(error)
    }
    await client.close()
    statistics.server.set(nil)
    await server.drain(within: .seconds(1))
  }

  @Test func `it counts its own calls and knows its process`() async throws {
    try await Self.with { channel in
      let client = StatisticsClient(channel)
      _ = try await client.getStatistics(.init())
      let answer = try await client.getStatistics(.init())
      let own = try #require(answer.served.first { $0.method == "GetStatistics" })
      #expect(own.service == "dropwire.common.v1.Statistics")
      #expect(own.calls == 2 && own.inFlight == 1)
      #expect(own.ended == [NamedCount(name: "OK", count: 1)])
      #expect(own.latency?.count == 1)
      #expect(answer.bucketBoundNanoseconds.count == Histogram.bucketCount - 1)
      #expect(answer.server?.connectionsOpen == 1)
      let process = try #require(answer.process)
      #expect(process.service == "ledger")
      #expect((60_000..<120_000).contains(process.uptimeMilliseconds))
      #expect(process.residentBytes > 1 << 20)
      #expect(process.openFiles > 3 && process.openFiles < process.openFilesMax)
      #expect(process.cpuMilliseconds > 0)
    }
  }

  @Test func `its Prometheus text is what the official parser reads`() async throws {
    try await Self.with { channel in
      let client = StatisticsClient(channel)
      _ = try await client.getStatistics(.init())
      let text = try await client.getPrometheusText(.init()).text
      let families = try PrometheusParser.families(text)
      let started = try #require(families["dropwire_rpc_server_started"])
      let own = started.samples.first { $0.labels["method"] == "GetStatistics" }
      #expect(own?.value == 1)
      #expect(families["process_resident_memory_bytes"]?.type == "gauge")
    }
  }

  @Test func `the times since an earlier look are the difference`() throws {
    let recorder = LatencyHistogram()
    recorder.record(nanoseconds: 800_000_000)
    let earlier = LatencyStatistics(recorder.histogram)
    for _ in 0..<9 { recorder.record(nanoseconds: 1_000_000) }
    let later = LatencyStatistics(recorder.histogram)
    let since = later.since(earlier, bounds: LatencyStatistics.bounds)
    #expect(since.count == 9 && since.sumNanoseconds == 9_000_000)
    #expect(since.p99Nanoseconds <= 1_050_000)
    #expect(later.p99Nanoseconds > 500_000_000)
    #expect(later.since(earlier, bounds: [1, 2]) == later)
  }
}
