public import Contract
public import Foundation
public import Outside
public import RPC
public import Store
import Synchronization

/// What of a process is counted, besides its server.
public struct StatisticsSources: Sendable {
  let store: Store?
  let outside: OutsideHTTP?
  let clients: [RPCClient]
  let lags: [LagRecorder]

  public init(
    store: Store? = nil, outside: OutsideHTTP? = nil, clients: [RPCClient] = [],
    lags: [LagRecorder] = []
  ) {
    self.store = store
    self.outside = outside
    self.clients = clients
    self.lags = lags
  }
}

extension StatisticsSources {
  /// Everything that a process counted.
  ///
  /// - Parameter served: what it answered, which is counted where it is answered.
  public func statistics(
    of service: String, since startedAt: Date, server: ServerStatistics? = nil,
    served: [MethodStatistics]
  ) -> GetStatisticsResponse {
    GetStatisticsResponse(
      process: ProcessStatistics(service: service, startedAt: startedAt), server: server,
      served: served, called: clients.flatMap(\.figures).map { MethodStatistics($0) },
      outside: outside.map { $0.figures.map { OutsideStatistics($0) } } ?? [],
      breakers: outside.map { $0.breakerFigures.map { BreakerStatistics($0) } } ?? [],
      store: store.map { StoreStatistics($0.figures) },
      bucketBoundNanoseconds: LatencyStatistics.bounds, lags: lags.map(\.figures))
  }
}

/// Answers what a process counted since it began. It has the same face in every service.
struct StatisticsService: StatisticsMethods {
  /// Every peer that is let in may ask.
  static let access: ServiceAccess = {
    let everyone = Set(Role.allCases)
    return ServiceAccess(
      "dropwire.common.v1.Statistics",
      ["GetStatistics": everyone, "GetPrometheusText": everyone])
  }()

  let service: String
  let startedAt: Date
  let sources: StatisticsSources
  let server: ServerInPlace

  /// The server that this is served by: known once it has started, until it has ended.
  final class ServerInPlace: Sendable {
    private let server = Mutex<RPCServer?>(nil)

    var current: RPCServer? { server.withLock(\.self) }

    func set(_ new: RPCServer?) { server.withLock { $0 = new } }
  }

  func getStatistics(_ request: GetStatisticsRequest, _ context: CallContext) async throws
    -> GetStatisticsResponse
  { statistics() }

  func getPrometheusText(_ request: GetPrometheusTextRequest, _ context: CallContext)
    async throws -> GetPrometheusTextResponse
  {
    var text = PrometheusText()
    text.add(service, statistics())
    return GetPrometheusTextResponse(text: text.text)
  }

  private func statistics() -> GetStatisticsResponse {
    let server = server.current?.figures
    return sources.statistics(
      of: service, since: startedAt, server: server.map { ServerStatistics($0) },
      served: server.map { $0.methods.map { MethodStatistics($0) } } ?? [])
  }
}
