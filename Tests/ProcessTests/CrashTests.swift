import Contract
import Foundation
import Support
import Testing

/// kill -9 at every named step and at random, with faults: nothing lost, nothing twice.
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

  @Test func `two hundred orders with faults on and services killed at random are each once`()
    async throws
  {
    try await Cluster.with { cluster in
      let shop = try await Shop(in: cluster)
      try await shop.sell("undisturbed")
      try await shop.finished("undisturbed")
      let expected = try await shop.books("undisturbed")
      try await Self.misbehave(cluster.sandbox)
      let names = (0..<200).map { "chaos-\($0)" }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for lane in 0..<16 {
          group.addTask {
            for index in stride(from: lane, to: names.count, by: 16) {
              try await shop.sell(names[index])
            }
          }
        }
        group.addTask { try await Self.killAtRandom(cluster, times: 12) }
        try await group.waitForAll()
      }
      try await cluster.sandbox.clearFaults()
      for name in names {
        try await shop.finished(name, within: .seconds(120))
        #expect(try await shop.books(name) == expected, "books of \(name)")
      }
      let truth = try await cluster.sandbox.truth(order: "chaos-")
      for name in names { shop.expectOnce(name, truth: truth) }
      try await shop.expectBalanced()
    }
  }

  /// Whether an order that is bought through the API does not come by a step: those of a refund, and
  /// of a browser, which has tests of its own.
  private static func isAside(_ step: String) -> Bool {
    let ofBrowser = ["visitCommitted", "confirmingCommitted", "orderConfirmed", "listRead"]
    return step.hasPrefix("orders.refund") || ofBrowser.contains { step == "purchasing.\($0)" }
  }

  private static func misbehave(_ sandbox: SandboxControl) async throws {
    let faults = [
      "aliexpress.orderPlacedAnswerLost", "aliexpress.5xxAfterPlacing",
      "aliexpress.5xxBeforePlacing", "aliexpress.cutJSON", "aliexpress.successWithoutIDs",
      "paypal.captureAnswerLost", "paypal.capture5xx", "paypal.createOrderAnswerLost",
      "paypal.payoutAnswerLost", "paypal.payout5xx",
    ]
    for fault in faults {
      try await sandbox.fault(fault, times: -1, probability: 0.05, match: "chaos-")
    }
  }

  /// Kills and restarts one service after the other, in random order, a little while apart.
  private static func killAtRandom(_ cluster: Cluster, times: Int) async throws {
    for _ in 0..<times {
      guard let service = Cluster.ServiceName.allCases.randomElement() else { return }
      try await Task.sleep(for: .milliseconds(Int.random(in: 100...700)))
      await cluster.kill(service)
      try await cluster.start(service)
    }
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
