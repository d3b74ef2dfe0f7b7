import Contract
import Foundation
import Support
import Testing

/// kill -9 at every named step: nothing lost, nothing twice. `ChaosTests` kill at random, with faults.
@Suite(.serialized) struct CrashTests {
  @Test(arguments: Cluster.ServiceName.allCases)
  func `killed at each of its steps and restarted, a service leaves the undisturbed books`(
    _ service: Cluster.ServiceName
  ) async throws {
    let steps = try Self.steps(of: service).filter { !Self.isAside($0) }
    #expect(steps.count >= 4)
    try await Cluster.with { cluster in
      let shop = try await Shop(in: cluster)
      try await shop.sell("undisturbed")
      try await shop.finished("undisturbed")
      let expected = try await shop.books("undisturbed")
      for (index, step) in steps.enumerated() {
        await cluster.stop(service)
        let program = try await cluster.start(service, environment: ["DROPWIRE_CRASH_AT": step])
        let orderID = "crash-\(service.rawValue)-\(index)"
        async let sold: Void = shop.sell(orderID)
        let exit = await program.waitForExit()
        #expect(exit == Program.Exit(status: SIGKILL, bySignal: true), "\(step) was reached")
        try await cluster.start(service)
        try await sold
        try await shop.finished(orderID)
        #expect(try await shop.books(orderID) == expected, "books after \(step)")
        shop.expectOnce(orderID, truth: try await cluster.sandbox.truth(order: orderID))
      }
      try await shop.expectBalanced()
    }
  }

  /// Whether an order that is bought through the API does not come by a step: those of a refund, and
  /// of a browser, which has tests of its own.
  private static func isAside(_ step: String) -> Bool {
    let ofBrowser = ["visitCommitted", "confirmingCommitted", "orderConfirmed", "listRead"]
    return step.hasPrefix("orders.refund") || ofBrowser.contains { step == "purchasing.\($0)" }
  }

  static func steps(of service: Cluster.ServiceName) throws -> [String] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "\(Program.binaries)/\(service.rawValue)")
    process.arguments = ["--list-steps"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}
