import Contract
import Foundation
import RPC
import Support
import Testing

/// One search by an order's id, or by its trace, finds its story in the logs of all services.
@Suite(.serialized) struct TraceTests {
  private static let traceID = "4bf92f3577b34da6a3ce929d0e0e4736"

  @Test func `an order's trace is in the logs of all three services, also after a restart`()
    async throws
  {
    try await Cluster.with(start: [.orders, .purchasing]) { cluster in
      try await cluster.start(.ledger)
      let shop = try await Shop(in: cluster)
      // The ledger is away while the order is paid, so that its bookings come from a later process.
      await cluster.kill(.ledger)
      var options = Shop.asOperator
      options.metadata["traceparent"] = "00-\(Self.traceID)-00f067aa0ba902b7-01"
      options.metadata["x-request-id"] = "r-traced"
      _ = try await cluster.orders.createCheckout(
        .init(
          orderID: "traced", listingID: Shop.listing, quantity: 1, shipTo: Shop.address,
          returnURL: "", cancelURL: ""), options: options)
      _ = try await cluster.orders.captureOrder(.init(orderID: "traced"), options: options)
      await cluster.kill(.orders)
      try await cluster.start(.orders)
      try await cluster.start(.ledger)
      try await shop.finished("traced")

      let expected: [Cluster.ServiceName: Set<String>] = [
        .orders: ["checked out", "order purchased", "sale booked"],
        .purchasing: ["purchase requested", "purchase placed"],
        .ledger: ["capture booked", "sale booked", "payout submitted", "payout paid"],
      ]
      for (service, messages) in expected {
        let lines = try Self.lines(cluster, service)
        let traced = lines.filter { $0["trace"] == Self.traceID }
        #expect(messages.isSubset(of: Set(traced.compactMap { $0["message"] })), "\(service)")
        // The request of a call is its caller's, or the order's id for calls of `orders` itself.
        #expect(
          Set(traced.map { $0["request"] }).isSubset(of: ["r-traced", "traced"]), "\(service)")
        let ofOrder = lines.filter { $0["order"] == "traced" }
        #expect(messages.isSubset(of: Set(ofOrder.compactMap { $0["message"] })), "\(service)")
        for line in ofOrder { #expect(line["trace"] == Self.traceID, "\(line)") }
      }
    }
  }

  /// The lines of JSON that a service logged.
  private static func lines(_ cluster: Cluster, _ service: Cluster.ServiceName) throws
    -> [[String: String]]
  {
    let text = try #require(
      try? String(contentsOfFile: "\(cluster.directory)/log/\(service).log", encoding: .utf8))
    return try text.split(separator: "\n").filter { $0.hasPrefix("{") }.map {
      try JSONDecoder().decode([String: String].self, from: Data($0.utf8))
    }
  }
}
