import Contract
import Support
import Testing

@testable import Purchasing

/// How long a call to buy is held.
struct AnswerTests {
  private typealias Test = PurchasingUnderTest

  private static func timed(_ body: () async throws -> Void) async throws -> Duration {
    try await ContinuousClock().measure { try await body() }
  }

  @Test func `an order that somebody must pay is told at once`() async throws {
    try await Test.running { test in
      test.supplier.change { $0.status = "PLACE_ORDER_SUCCESS" }
      test.supplier.script(
        .answer(.placed(ids: ["9000000000000001"], paymentProblem: "no balance")))
      let time = try await Self.timed {
        let purchase = try await test.buy("o-1")
        #expect(purchase.state == .awaitingSupplierPayment)
        #expect(purchase.reason?.code == "SUPPLIER_PAYMENT_FAILED")
        #expect(try await test.buy("o-1").state == .awaitingSupplierPayment)
      }
      #expect(time < .seconds(5))
      test.supplier.change { $0.status = "WAIT_SELLER_SEND_GOODS" }
      try await test.wait(for: "o-1", .purchased)
    }
  }

  @Test func `what waits longer than its caller is told at once`() async throws {
    try await Test.running { test in
      test.supplier.change { $0.placingBan = 600 }
      let time = try await Self.timed {
        let purchase = try await test.buy("o-1")
        #expect(purchase.state == .requested && purchase.reason?.code == "RATE_LIMITED")
      }
      #expect(time < .seconds(5))
    }
  }

  @Test func `what waits less is held until it is bought`() async throws {
    try await Test.running { test in
      let busy = PurchaseReason(code: .supplierUnavailable, text: "busy", owner: .nobody)
      test.supplier.script(.answer(.notAccepted(busy, retryAfterSeconds: nil)))
      let purchase = try await test.buy("o-1")
      #expect(purchase.state == .purchased && purchase.attempts.count == 2)
    }
  }
}
