import Foundation
import Support
import Testing

/// A stock client that has none of our files asks a running service how it is called.
@Suite(.serialized) struct ReflectionTests {
  @Test func `the orders service describes itself to grpcio's reflection client`() async throws {
    try await Cluster.with(start: [.orders]) { cluster in
      let names = ["dropwire.orders.v1.Orders", "dropwire.orders.v1.CreateCheckoutRequest"]
      let found = try Self.reflect("\(cluster.runDirectory)/orders.sock", names)
      #expect(
        found["services"]
          == "dropwire.common.v1.Statistics dropwire.orders.v1.Orders grpc.health.v1.Health "
          + "grpc.reflection.v1.ServerReflection grpc.reflection.v1alpha.ServerReflection")
      let request = try #require(found["dropwire.orders.v1.CreateCheckoutRequest"])
      #expect(request.contains(": order_id listing_id quantity ship_to"), "\(request)")
    }
  }

  private static func reflect(_ socket: String, _ names: [String]) throws -> [String: String] {
    let process = Process()
    process.executableURL = URL(
      fileURLWithPath: "\(Program.packageRoot)/.build/python/bin/python3")
    process.arguments =
      ["\(Program.packageRoot)/Tests/RPCTests/foreign/python/scenarios.py", "reflection", socket]
      + names
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return try JSONDecoder().decode([String: String].self, from: text)
  }
}
