import Contract
import Foundation
import RPC
import Support
import Testing

/// The whole chain over real processes and real sockets.
@Suite(.serialized) struct ChainTests {
  @Test func `a paid order becomes a purchase, a sale, a commission and two payouts`() async throws
  {
    try await Cluster.with { cluster in
      let shop = try await Shop(in: cluster)
      let checkout = try await shop.checkout("o-1")
      #expect(checkout.state == .awaitingPayment)
      #expect(!checkout.paypalOrderID.isEmpty && checkout.approveURL.hasPrefix("http"))
      try await shop.capture("o-1")
      let order = try await shop.finished("o-1")
      #expect(order.supplierOrderIDs.count == 1)
      #expect(order.landedCost?.minorUnits == 800)
      #expect(order.purchasePath == "api")
      let sale = try await cluster.ledger.getSale(
        .init(orderID: "o-1"), options: Shop.asOperator)
      let parts = [sale.paymentFee, sale.landedCost, sale.commission, sale.net]
      #expect(parts.reduce(0) { $0 + ($1?.minorUnits ?? 0) } == 2000)
      shop.expectOnce("o-1", truth: try await cluster.sandbox.truth())
      try await shop.expectBalanced()
    }
  }

  @Test func `the reference vector: price 20, cost 8, fee 0, 10 %`() async throws {
    try await Cluster.with { cluster in
      try await cluster.sandbox.settings(["paypalFeeBasisPoints": 0, "paypalFeeFixedMinorUnits": 0])
      let shop = try await Shop(in: cluster)
      try await shop.sell("vector")
      try await shop.finished("vector")
      let books = try await shop.books("vector")
      #expect(books.sale == [2000, 800, 0, 1200, 120, 1080])
      let sent = try await cluster.sandbox.truth().paypal.payouts.map(\.amount).sorted()
      #expect(sent == ["1.20", "18.80"])
    }
  }

  @Test func `the same request twice, and twice at once, has one effect and one answer`()
    async throws
  {
    try await Cluster.with { cluster in
      let shop = try await Shop(in: cluster)
      try await withThrowingTaskGroup(of: String.self) { group in
        for _ in 0..<8 { group.addTask { try await shop.checkout("twice").paypalOrderID } }
        let answers = try await group.reduce(into: Set<String>()) { $0.insert($1) }
        #expect(answers.count == 1)
      }
      try await withThrowingTaskGroup(of: String.self) { group in
        for _ in 0..<8 { group.addTask { try await shop.capture("twice").captureID } }
        let answers = try await group.reduce(into: Set<String>()) { $0.insert($1) }
        #expect(answers.count == 1)
      }
      try await shop.finished("twice")
      shop.expectOnce("twice", truth: try await cluster.sandbox.truth())
      let books = try await shop.books("twice")
      try await shop.capture("twice")
      #expect(try await shop.books("twice") == books)
    }
  }

  @Test func `the same id with other content is refused and names the field`() async throws {
    try await Cluster.with { cluster in
      let shop = try await Shop(in: cluster)
      try await shop.checkout("same")
      let error = await #expect(throws: RPCError.self) {
        try await shop.checkout("same", quantity: 2)
      }
      #expect(error?.code == .alreadyExists)
      #expect(error?.violations.map(\.field) == ["quantity"])
    }
  }

  @Test(arguments: [Cluster.ServiceName.ledger, .purchasing])
  func `a stopped service delays orders, loses nothing, and the order says what it waits for`(
    _ stopped: Cluster.ServiceName
  ) async throws {
    try await Cluster.with { cluster in
      let shop = try await Shop(in: cluster)
      try await shop.checkout("late")
      await cluster.stop(stopped)
      try await shop.capture("late")
      let wanted = "\(stopped.rawValue.uppercased())_UNREACHABLE"
      let waiting = try await eventually("the order names \(stopped)") {
        let waiting = try await shop.order("late").waiting
        return waiting?.reason?.code == wanted ? waiting : nil
      }
      #expect(waiting.reason?.text.isEmpty == false)
      #expect(!waiting.next.isEmpty && waiting.nextAt != nil && waiting.since != nil)
      try await cluster.start(stopped)
      try await shop.finished("late")
      shop.expectOnce("late", truth: try await cluster.sandbox.truth())
    }
  }
}
