import Contract
import Outside
import RPC
import Store
import Support
import Synchronization
import Testing

@testable import Purchasing

/// Answers that were lost: looked up under the same key with the same bytes, or a person is asked.
@Suite struct UnknownOutcomeTests {
  private typealias Test = PurchasingUnderTest

  private static func unknown(_ text: String = "status 502") -> Placing {
    .unknown(
      PurchaseReason(code: .outcomeUnknown, text: text, owner: .nobody), isRepeated: false)
  }
  private static func refusal(_ code: String) -> ScriptedSupplier.Answer {
    .answer(ReasonCatalogue.entry(code)?.placing("said so") ?? unknown("no entry \(code)"))
  }

  @Test func `a lost answer is found by the same request under the same key`() async throws {
    try await Test.running { test in
      test.supplier.script(.placeInSilence)
      let bought = try await test.buy("o-1")
      #expect(bought.state == .purchased && bought.resolvedBy == "repeatedRequest")
      #expect(bought.attempts.map(\.outcome) == [.unknown, .placed])
      #expect(test.supplier.sent == ["o-1-p1", "o-1-p1"] && test.supplier.taken.count == 1)
      let requests = test.supplier.state.withLock { $0.requests }
      #expect(Set(requests).count == 1, "a repeat sends the same bytes")
      #expect(test.supplier.state.withLock { $0.questions } == 1, "a repeat asks for no price")
    }
  }

  @Test func `while it is looked up the purchase says so`() async throws {
    try await Test.running { test in
      test.supplier.script(.vanish, .vanish)
      async let bought = test.buy("o-1")
      let unknown = try await test.wait(for: "o-1", .unknown, "OUTCOME_UNKNOWN")
      #expect(unknown.nextAt != nil && unknown.reason?.owner == "nobody")
      await test.expectRefused(.failedPrecondition, reason: "GENERATION_NOT_NEXT") {
        try await test.buy(Test.request("o-1", generation: 2))
      }
      #expect(try await bought.state == .purchased)
      #expect(test.supplier.sent == ["o-1-p1", "o-1-p1", "o-1-p1"])
    }
  }

  @Test func `where a repeat is not known to be safe a person is asked at once`() async throws {
    try await Test.running { test in
      for (order, environment) in [("o-1", Contract.Environment.production)] {
        test.supplier.script(.placeInSilence)
        let unknown = try await test.buy(Test.request(order, environment: environment))
        #expect(unknown.state == .unknown && unknown.reason?.code == "PURCHASE_UNKNOWN")
        #expect(unknown.nextAt == nil && unknown.reason?.owner == "platform")
        #expect(unknown.reason?.text.contains("o-1-p1") == true)
      }
      await test.expectRefused(.failedPrecondition, reason: "PURCHASE_UNKNOWN") {
        _ = try await test.client.reconcilePurchase(
          .init(orderID: "o-1", supplierOrderIDs: []), options: Test.asOperator)
      }
      #expect(test.supplier.sent == ["o-1-p1"])
      #expect(try await test.count("SELECT COUNT(*) AS n FROM intent") == 0)
    }
  }

  @Test func `a supplier that has it and does not say which leaves it to a person`() async throws {
    try await Test.running { test in
      test.supplier.change { $0.repeats = .error }
      test.supplier.script(.placeInSilence)
      let unknown = try await test.buy("o-1")
      #expect(unknown.state == .unknown && unknown.reason?.code == "PURCHASE_UNKNOWN")
      #expect(unknown.reason?.providerCode == "REPEATED_ORDER_ERROR" && unknown.nextAt == nil)
      #expect(test.supplier.taken.count == 1)
    }
  }

  @Test func `a day later the request is not repeated`() async throws {
    let test = try PurchasingUnderTest()
    try await test.putCredentials()
    try await test.interrupted("o-1")
    try await test.tamper("UPDATE purchase SET sentAt = sentAt - 90000000")
    try await test.moving {
      let unknown = try await test.wait(for: "o-1", .unknown, "PURCHASE_UNKNOWN")
      #expect(unknown.nextAt == nil && unknown.attempts.map(\.outcome) == [.unknown])
    }
    #expect(test.supplier.sent.isEmpty)
  }

  @Test func `a process that died during the call is an unknown, and is looked up`() async throws {
    let test = try PurchasingUnderTest()
    try await test.putCredentials()
    try await test.interrupted("o-1")
    #expect(try await test.purchase("o-1").attempts.map(\.outcome) == [.started])
    try await test.moving {
      let bought = try await test.wait(for: "o-1", .purchased)
      #expect(bought.resolvedBy == "repeatedRequest")
      #expect(bought.attempts.map(\.outcome) == [.unknown, .placed])
    }
    #expect(test.supplier.sent == ["o-1-p1"])
  }

  @Test func `from another account the request is not repeated`() async throws {
    let test = try PurchasingUnderTest()
    try await test.putCredentials()
    try await test.interrupted("o-1")
    try await test.putCredentials(token: "access-of-another-account")
    try await test.moving {
      let unknown = try await test.wait(for: "o-1", .unknown, "PURCHASE_UNKNOWN")
      #expect(unknown.reason?.text.contains("credentials were replaced") == true)
      #expect(unknown.nextAt == nil && unknown.attempts.map(\.outcome) == [.unknown])
    }
    #expect(test.supplier.sent.isEmpty)
  }

  @Test func `a process that died after the placing goes on with the payment`() async throws {
    let test = try PurchasingUnderTest()
    try await test.putCredentials()
    try await test.interrupted("o-1", placed: ["9000000000000007"])
    try await test.moving { try await test.wait(for: "o-1", .purchased) }
    #expect(test.supplier.sent.isEmpty)
  }

  @Test func `lookups end after a number of tries`() async throws {
    let test = try PurchasingUnderTest()
    try await test.putCredentials()
    try await test.interrupted("o-1")
    test.supplier.script(.vanish)
    try await test.tamper(
      """
      UPDATE purchase SET state = 'UNKNOWN', reasonCode = 'OUTCOME_UNKNOWN', reasonOwner = 'nobody',
        tries = \(PlacingRules.lookUpsMax - 1)
      """)
    try await test.moving {
      let unknown = try await test.wait(for: "o-1", .unknown, "PURCHASE_UNKNOWN")
      #expect(unknown.nextAt == nil && unknown.reason?.text.contains("lookups") == true)
    }
    #expect(test.supplier.sent == ["o-1-p1"])
  }

  /// Answer to the lookup -> state, reason, and whether it waits for a person.
  @Test(arguments: [
    ("SKU_NOT_EXIST", "REFUSED SKU_NOT_FOUND"),
    ("B_DROPSHIPPER_DELIVERY_ADDRESS_VALIDATE_FAIL", "REFUSED ADDRESS_REFUSED"),
    ("INVENTORY_HOLD_ERROR", "UNKNOWN OUTCOME_UNKNOWN"),
    ("IllegalAccessToken", "UNKNOWN CREDENTIALS_REVOKED"),
    ("InsufficientPermission", "UNKNOWN OUTCOME_UNKNOWN"),
    ("ApiCallLimit", "UNKNOWN OUTCOME_UNKNOWN"),
    ("ServiceUnavailable", "UNKNOWN OUTCOME_UNKNOWN"),
    ("REPEATED_ORDER_ERROR", "UNKNOWN PURCHASE_UNKNOWN"),
  ])
  func `only a business refusal of the repeat proves that nothing was placed`(
    _ code: String, _ expected: String
  ) async throws {
    let test = try PurchasingUnderTest()
    try await test.putCredentials()
    try await test.interrupted("o-1")
    test.supplier.script(Self.refusal(code))
    try await test.moving {
      let words = expected.split(separator: " ").map(String.init)
      let purchase = try await test.wait(
        for: "o-1", words[0] == "REFUSED" ? .refused : .unknown, words[1])
      #expect(purchase.generation == 1)
    }
  }

  @Test func `what was not accepted is sent again under the same key`() async throws {
    try await Test.running { test in
      test.supplier.script(Self.refusal("ApiCallLimit"))
      let bought = try await test.buy("o-1")
      #expect(bought.state == .purchased && bought.resolvedBy.isEmpty)
      #expect(bought.attempts.map(\.outcome) == [.notAccepted, .placed])
      #expect(test.supplier.sent == ["o-1-p1", "o-1-p1"])
    }
  }

  @Test func `a doubtful refusal is tried once more, then it is over`() async throws {
    try await Test.running { test in
      test.supplier.script(Self.refusal("INVENTORY_HOLD_ERROR"))
      #expect(try await test.buy("o-1").state == .purchased)
      test.supplier.script(
        Self.refusal("INVENTORY_HOLD_ERROR"), Self.refusal("INVENTORY_HOLD_ERROR"))
      let refused = try await test.buy("o-2")
      #expect(refused.state == .refused && refused.reason?.code == "OUT_OF_STOCK")
      #expect(refused.attempts.map(\.outcome) == [.notAccepted, .refused])
    }
  }

  @Test func `a person's id is verified, recorded once, and ends the unknown`() async throws {
    try await Test.running(mayRepeat: false) { test in
      test.supplier.script(.answer(Self.unknown()), .answer(Self.unknown()))
      for order in ["o-1", "o-2"] { try await test.buy(order) }
      func reconcile(_ order: String, _ id: String) async throws -> Contract.Purchase {
        try await test.client.reconcilePurchase(
          .init(orderID: order, supplierOrderIDs: [id]), options: Test.asOperator)
      }
      await test.expectRefused(
        .failedPrecondition, reason: "SUPPLIER_ORDER_REFUSED", fields: ["supplier_order_ids"]
      ) { _ = try await reconcile("o-1", "7000000000000001") }
      _ = try await reconcile("o-1", "9000000000000001")
      let bought = try await test.wait(for: "o-1", .purchased)
      #expect(bought.resolvedBy == "person" && bought.fundedBy == "reseller")
      #expect(try await reconcile("o-1", "9000000000000001").state == .purchased)
      await test.expectRefused(
        .failedPrecondition, reason: "SUPPLIER_ORDER_REFUSED", fields: ["supplier_order_ids"]
      ) { _ = try await reconcile("o-2", "9000000000000001") }
      await test.expectRefused(.failedPrecondition, reason: "NOTHING_TO_RECONCILE") {
        _ = try await reconcile("o-1", "9000000000000002")
      }
    }
  }

  @Test func `an id that is another purchase's is not taken from the supplier either`()
    async throws
  {
    try await Test.running { test in
      let same = Placing.placed(ids: ["9000000000000001"], paymentProblem: "")
      test.supplier.script(.answer(same), .answer(same))
      #expect(try await test.buy("o-1").state == .purchased)
      let unknown = try await test.buy("o-2")
      #expect(unknown.state == .unknown && unknown.reason?.code == "PURCHASE_UNKNOWN")
      #expect(unknown.supplierOrderIDs.isEmpty)
    }
  }
}

extension PurchasingUnderTest {
  /// Leaves a purchase as a process leaves it that dies during the call to the supplier, or right
  /// after its answer was recorded.
  func interrupted(_ orderID: String, placed ids: [String] = []) async throws {
    let request = Self.request(orderID)
    let content = PurchaseContent(
      orderID: orderID, generation: 1, userID: request.userID, environment: .sandbox,
      productURL: request.productURL, productID: "1005001000000001", skuID: request.skuID,
      quantity: 1, shipTo: Self.address, ceiling: ScriptedSupplier.usd(1500))
    _ = try await store.write { transaction in
      let purchases = PurchaseStore(transaction: transaction)
      let purchase = try purchases.request(content).purchase
      let quote = try PurchaseRules.quote(
        ScriptedSupplier.mug, skuID: purchase.content.skuID, quantity: 1,
        deliveries: ScriptedSupplier.ways, ceiling: nil)
      let begun = try purchases.begin(
        purchase, OrderRequest(purchase.content, quote), isLookUp: false, account: "credentials:1")
      guard let begun, !ids.isEmpty else { return }
      try purchases.end(begun.purchase, attempt: begun.attempt, .placed, nil)
      try purchases.placed(begun.purchase, ids: ids, nil, resolvedBy: .none)
    }
  }
}
