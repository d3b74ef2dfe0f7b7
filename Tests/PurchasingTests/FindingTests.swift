import Contract
import RPC
import Support
import Testing

@testable import Purchasing

/// What persons found out about unknown purchases: recorded with who it was, once per generation.
@Suite struct FindingTests {
  private typealias Test = PurchasingUnderTest

  private static let lost = ScriptedSupplier.Answer.answer(
    .unknown(
      PurchaseReason(code: .outcomeUnknown, text: "status 502", owner: .nobody), isRepeated: false))

  private static func attest(
    _ test: PurchasingUnderTest, _ evidence: String = "no order on 24 November",
    generation: Int32 = 1, foundBy: String = "", as actor: String = "operator:ada"
  ) async throws -> Contract.Purchase {
    try await test.client.reconcilePurchase(
      .init(
        orderID: "o-1", notPlacedEvidence: evidence, foundBy: foundBy, generation: generation),
      options: CallOptions(timeout: .seconds(15)).acting(actor))
  }

  @Test func `an attestation ends the generation, and the next one is bought`() async throws {
    try await Test.running(mayRepeat: false) { test in
      test.supplier.script(Self.lost)
      try await test.buy("o-1")
      await test.expectRefused(.failedPrecondition, reason: "GENERATION_NOT_NEXT") {
        try await test.buy(Test.request("o-1", generation: 2))
      }
      let refused = try await Self.attest(test)
      #expect(refused.state == .refused && refused.resolvedBy == "person")
      #expect(refused.reason?.code == "ATTESTED_NOT_PLACED" && refused.nextAt == nil)
      #expect(refused.reason?.text.contains("operator:ada") == true)
      #expect(refused.attempts.map(\.outcome) == [.unknown])
      #expect(try await Self.attest(test) == refused, "a replay answers as the first")
      await test.expectRefused(.alreadyExists, fields: ["not_placed_evidence"]) {
        _ = try await Self.attest(test, "something else")
      }
      let bought = try await test.buy(Test.request("o-1", generation: 2))
      #expect(bought.state == .purchased && bought.findings.map(\.foundBy) == ["operator:ada"])
      #expect(bought.findings.map(\.notPlacedEvidence) == ["no order on 24 November"])
      #expect(test.supplier.sent == ["o-1-p1", "o-1-p2"] && test.supplier.taken.count == 1)
      await test.expectRefused(.failedPrecondition, reason: "NOTHING_TO_RECONCILE") {
        _ = try await Self.attest(test, generation: 2)
      }
    }
  }

  @Test func `an attestation about one generation says nothing about the next`() async throws {
    try await Test.running(mayRepeat: false) { test in
      test.supplier.script(Self.lost, Self.lost)
      try await test.buy("o-1")
      _ = try await Self.attest(test)
      #expect(try await test.buy(Test.request("o-1", generation: 2)).state == .unknown)
      #expect(try await Self.attest(test).state == .unknown, "a late replay changes nothing")
      await test.expectRefused(.invalidArgument, fields: ["generation"]) {
        _ = try await Self.attest(test, generation: 0)
      }
      await test.expectRefused(.failedPrecondition, reason: "NOTHING_TO_RECONCILE") {
        _ = try await Self.attest(test, generation: 3)
      }
      #expect(try await test.purchase("o-1").state == .unknown)
    }
  }

  @Test func `an attestation needs a person of the platform with a name`() async throws {
    try await Test.running(mayRepeat: false) { test in
      test.supplier.script(Self.lost)
      try await test.buy("o-1")
      for (actor, foundBy) in [
        ("reseller:42", ""), ("system", ""), ("system", "reseller:42"), ("system", "system"),
      ] {
        await test.expectRefused(.permissionDenied) {
          _ = try await Self.attest(test, foundBy: foundBy, as: actor)
        }
      }
      for (actor, foundBy) in [("operator:eve", "operator:ada"), ("system", "somebody")] {
        await test.expectRefused(.invalidArgument, fields: ["found_by"]) {
          _ = try await Self.attest(test, foundBy: foundBy, as: actor)
        }
      }
      await test.expectRefused(.permissionDenied) {
        _ = try await test.client.reconcilePurchase(
          .init(orderID: "o-1", supplierOrderIDs: ["9000000000000001"]),
          options: CallOptions(timeout: .seconds(15)).acting("reseller:42"))
      }
      await test.expectRefused(.invalidArgument, fields: ["not_placed_evidence"]) {
        _ = try await test.client.reconcilePurchase(
          .init(
            orderID: "o-1", supplierOrderIDs: ["9000000000000001"], notPlacedEvidence: "none",
            generation: 1), options: Test.asOperator)
      }
      let refused = try await Self.attest(test, foundBy: "admin:7", as: "system")
      #expect(refused.findings.map(\.foundBy) == ["admin:7"])
    }
  }

  @Test func `what is still looked up is told by nobody`() async throws {
    let test = try PurchasingUnderTest()
    try await test.putCredentials()
    try await test.interrupted("o-1")
    try await test.tamper(
      """
      UPDATE purchase SET state = 'UNKNOWN', reasonCode = 'OUTCOME_UNKNOWN',
        reasonOwner = 'nobody', nextAt = 4000000000000
      """)
    await test.expectRefused(.failedPrecondition, reason: "STILL_LOOKED_UP") {
      _ = try await Self.attest(test)
    }
    await test.expectRefused(.failedPrecondition, reason: "STILL_LOOKED_UP") {
      _ = try await test.client.reconcilePurchase(
        .init(orderID: "o-1", supplierOrderIDs: ["9000000000000001"]), options: Test.asOperator)
    }
    #expect(try await test.count("SELECT COUNT(*) AS n FROM finding") == 0)
  }

  @Test func `where the supplier cannot be asked any more the person's cost counts`() async throws {
    try await Test.running(mayRepeat: false) { test in
      test.supplier.script(Self.lost)
      try await test.buy("o-1")
      _ = try await test.credentials.deleteCredentials(
        .init(userID: 42, api: "aliexpress-dropshipping", environment: .sandbox),
        options: Test.asOperator)
      func found(_ cents: Int64?) async throws -> Contract.Purchase {
        try await test.client.reconcilePurchase(
          .init(
            orderID: "o-1", supplierOrderIDs: ["9000000000000001"],
            landedCost: cents.map { .init(minorUnits: $0, currency: "USD") }),
          options: Test.asOperator)
      }
      await test.expectRefused(.failedPrecondition, reason: "NO_CREDENTIALS") {
        _ = try await found(nil)
      }
      let bought = try await found(850)
      #expect(bought.state == .purchased && bought.landedCost?.minorUnits == 850)
      #expect(bought.resolvedBy == "person" && bought.findings.map(\.foundBy) == ["operator:test"])
      #expect(try await found(850) == bought)
      #expect(try await test.count("SELECT COUNT(*) AS n FROM intent") == 0)
    }
  }

  @Test func `an order of the account for another product is not taken`() async throws {
    try await Test.running(mayRepeat: false) { test in
      test.supplier.script(Self.lost)
      try await test.buy("o-1")
      test.supplier.change { $0.products = ["1005009999999999"] }
      await test.expectRefused(
        .failedPrecondition, reason: "SUPPLIER_ORDER_REFUSED", fields: ["supplier_order_ids"]
      ) {
        _ = try await test.client.reconcilePurchase(
          .init(orderID: "o-1", supplierOrderIDs: ["9000000000000001"]), options: Test.asOperator)
      }
      #expect(try await test.purchase("o-1").state == .unknown)
    }
  }

  @Test func `a closed generation's order is not taken for the next one's`() async throws {
    try await Test.running(mayRepeat: false) { test in
      test.supplier.change { $0.status = "CANCELLED" }
      let closed = try await test.buy("o-1")
      #expect(closed.state == .closed)
      test.supplier.script(Self.lost)
      try await test.buy(Test.request("o-1", generation: 2))
      await test.expectRefused(
        .failedPrecondition, reason: "SUPPLIER_ORDER_REFUSED", fields: ["supplier_order_ids"]
      ) {
        _ = try await test.client.reconcilePurchase(
          .init(orderID: "o-1", supplierOrderIDs: closed.supplierOrderIDs),
          options: Test.asOperator)
      }
    }
  }
}
