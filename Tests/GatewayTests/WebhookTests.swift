import Contract
import Support
import Testing

@testable import Gateway

/// What PayPal and AliExpress tell by themselves, from their door to ours. Nobody asks them meanwhile.
@Suite(.serialized) struct WebhookTests {
  private static let silent = [
    "DROPWIRE_PAYMENT_POLL_MILLISECONDS": "3600000", "DROPWIRE_PAYOUT_POLL_MILLISECONDS": "3600000",
    "DROPWIRE_SANDBOX_ALIEXPRESS_REPEAT_IS_IDEMPOTENT": "false",
  ]

  private static func with(_ body: (GatewayUnderTest, Shop) async throws -> Void) async throws {
    try await GatewayUnderTest.with(clusterEnvironment: silent, hearsProviders: true) { gateway in
      try await body(gateway, try await Shop(in: gateway.cluster))
    }
  }

  private static func capture(_ shop: Shop, _ orderID: String) async throws -> String {
    let captures = try await shop.cluster.sandbox.truth(order: orderID).paypal.captures
    return try #require(captures.first?.id)
  }

  @Test func `a payment that PayPal holds is taken, or denied, when PayPal says so`() async throws {
    try await Self.with { gateway, shop in
      try await shop.cluster.sandbox.fault("paypal.capturePending", times: 2)
      for orderID in ["held", "denied"] {
        try await shop.sell(orderID)
        #expect(try await shop.order(orderID).state == .paymentPending)
        try await gateway.taken("PAYMENT.CAPTURE.PENDING", about: orderID)
      }
      try await shop.cluster.sandbox.endCapture(
        try await Self.capture(shop, "held"), as: "COMPLETED")
      try await shop.cluster.sandbox.endCapture(
        try await Self.capture(shop, "denied"), as: "DECLINED")
      try await shop.finished("held")
      _ = try await eventually("the denied order is cancelled") {
        try await shop.order("denied").state == .cancelled ? true : nil
      }
      try await gateway.taken("PAYMENT.CAPTURE.DENIED", about: "denied")
      try await shop.expectOnce("held")
    }
  }

  @Test(arguments: [("REFUNDED", false), ("REVERSED", true)])
  func `money that goes back by itself is shown`(_ word: String, _ isReversal: Bool) async throws {
    try await Self.with { gateway, shop in
      try await shop.sell("back")
      try await shop.finished("back")
      #expect(try await shop.order("back").waiting == nil)
      try await shop.cluster.sandbox.refund(
        capture: try await Self.capture(shop, "back"), isReversal: isReversal)
      try await gateway.taken("PAYMENT.CAPTURE.\(word)", about: "back")
      _ = try await eventually("the order says it") {
        try await shop.order("back").waiting?.reason?.code == "MONEY_WENT_BACK" ? true : nil
      }
    }
  }

  @Test func `a payout that nobody claims comes back weeks later`() async throws {
    try await Self.with { gateway, shop in
      try await shop.cluster.sandbox.fault("paypal.payoutUnclaimed", match: "-reseller-")
      try await shop.sell("far")
      func payout(_ id: String, _ state: PayoutState) async throws -> Payout {
        try await eventually("\(id) is \(state.shortName)") {
          let payouts = try await shop.payouts("far")
          return payouts.first { $0.payoutID == id && $0.state == state }
        }
      }
      _ = try await payout("far/admin", .paid)
      let unclaimed = try await payout("far/reseller", .unclaimed)
      try await gateway.taken("PAYMENT.PAYOUTS-ITEM.UNCLAIMED", about: "far-reseller-1")
      let balance = try await Self.owed(shop)
      try await shop.cluster.sandbox.movePayout("far-reseller-1", to: "RETURNED")
      _ = try await payout("far/reseller", .returned)
      let amount = try #require(unclaimed.amount?.minorUnits)
      #expect(try await Self.owed(shop) == balance + amount)
      try await shop.expectBalanced()
    }
  }

  private static func owed(_ shop: Shop) async throws -> Int64 {
    let answer = try await shop.cluster.ledger.getBalance(
      .init(account: "reseller:42", environment: .sandbox, currency: "USD"),
      options: Shop.asOperator)
    return answer.balance?.minorUnits ?? 0
  }

  @Test func `an event counts once, however often and in whichever order it comes`() async throws {
    try await Self.with { gateway, shop in
      let sandbox = shop.cluster.sandbox
      try await sandbox.fault("notice.twice", times: -1)
      try await sandbox.fault("notice.late", match: "APPROVED", extra: ["delayMilliseconds": 300])
      try await sandbox.fault("paypal.capturePending")
      try await shop.sell("many")
      try await sandbox.endCapture(try await Self.capture(shop, "many"), as: "COMPLETED")
      try await shop.finished("many")
      try await gateway.taken("CHECKOUT.ORDER.APPROVED", about: "many")
      let notice = try await gateway.taken("PAYMENT.CAPTURE.COMPLETED", about: "many")
      let replayed = try await gateway.replay(notice)
      #expect(replayed.status == 200 && replayed.body == "{}", "\(replayed.body)")
      let payout = try await gateway.taken("PAYMENT.PAYOUTS-ITEM.SUCCEEDED", about: "many-admin-1")
      #expect(try await gateway.replay(payout).body == "{}")
      for notice in try await sandbox.notices() where notice.sender == "paypal" {
        #expect(gateway.timesKept(notice.id) == 1, "\(notice.type)")
      }
      try await shop.expectOnce("many")
      try await shop.expectBalanced()
    }
  }

  @Test(arguments: ["notice.tampered", "notice.foreign"])
  func `an event that is not as PayPal signed it for us is refused, and nothing is kept`(
    _ fault: String
  ) async throws {
    try await Self.with { gateway, shop in
      let sandbox = shop.cluster.sandbox
      try await sandbox.fault("paypal.capturePending")
      // What is heard before would make orders ask PayPal, who knows the end.
      try await sandbox.fault("notice.lost", times: -1)
      try await shop.sell("false")
      _ = try await eventually("the first events are lost") {
        try await sandbox.notices(about: "false").filter(\.over).count == 2 ? true : nil
      }
      try await sandbox.clearFaults()
      try await sandbox.fault(fault, times: -1)
      try await sandbox.endCapture(try await Self.capture(shop, "false"), as: "COMPLETED")
      let notice = try await eventually("it is refused again and again") {
        try await sandbox.notices(about: "false").first { $0.status == 403 && $0.tries >= 3 }
      }
      #expect(gateway.timesKept(notice.id) == 0)
      #expect(try await shop.order("false").state == .paymentPending)
      try await sandbox.clearFaults()
      try await shop.finished("false")
      try await gateway.taken("PAYMENT.CAPTURE.COMPLETED", about: "false")
      #expect(gateway.timesKept(notice.id) == 1)
    }
  }

  @Test func `a purchase whose answer was lost is found by what AliExpress tells`() async throws {
    try await Self.with { gateway, shop in
      let sandbox = shop.cluster.sandbox
      try await sandbox.fault("aliexpress.orderPlacedAnswerLost")
      try await shop.sell("lost")
      try await shop.finished("lost")
      let purchase = try await shop.cluster.purchasing.getPurchase(
        .init(orderID: "lost"), options: Shop.asOperator)
      #expect(purchase.resolvedBy == "pushMessage")
      let truth = try await sandbox.truth().aliexpress.orders
      #expect(truth.map(\.id) == purchase.supplierOrderIDs)
      // Goods on their way would be asked about in a minute.
      try await sandbox.move(supplierOrder: truth[0].id, "ship")
      _ = try await eventually("the goods are shipped", within: .seconds(20)) {
        try await shop.order("lost").state == .shipped ? true : nil
      }
      let message = #"{"data":{"orderId":\#(truth[0].id),"orderStatus":"OrderClosed"}}"#
      let strange = try await gateway.send(
        "POST", "/api/aliexpress/push?token=guessed", body: message)
      #expect(strange.status == 403 && strange.reason == "SIGNATURE")
    }
  }
}

extension Shop {
  /// Out there are one capture, one supplier's order and one transfer to each payee.
  fileprivate func expectOnce(_ orderID: String) async throws {
    let truth = try await cluster.sandbox.truth(order: orderID)
    #expect(truth.paypal.captures.count == 1)
    #expect(truth.aliexpress.orders.count == 1)
    #expect(truth.paypal.payouts.map(\.status) == ["SUCCESS", "SUCCESS"])
  }

  fileprivate func expectBalanced() async throws {
    let trial = try await cluster.ledger.trialBalance(
      .init(environment: .sandbox, currency: ""), options: Shop.asOperator)
    #expect(!trial.totals.isEmpty)
    for total in trial.totals { #expect(total.difference?.minorUnits == 0) }
  }
}
