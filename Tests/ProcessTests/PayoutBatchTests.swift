import Contract
import Support
import Testing

/// Payouts in batches over real processes.
@Suite(.serialized) struct PayoutBatchTests {
  @Test func `under load a call to PayPal carries many payouts, and a kill doubles none`()
    async throws
  {
    try await Cluster.with { cluster in
      let shop = try await Shop(in: cluster)
      try await cluster.sandbox.fault(
        "paypal.payoutAnswerSlow", times: -1, extra: ["delayMilliseconds": 300])
      let names = (0..<40).map { "load-\($0)" }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for lane in 0..<8 {
          group.addTask {
            for index in stride(from: lane, to: names.count, by: 8) {
              try await shop.sell(names[index])
            }
          }
        }
        group.addTask {
          // PayPal has a batch and its answer is on its way.
          _ = try await eventually("PayPal has some of them", within: .seconds(60)) {
            try await cluster.sandbox.truth(order: "load-").paypal.payouts.count > 20 ? true : nil
          }
          await cluster.kill(.ledger)
          try await cluster.start(.ledger)
        }
        try await group.waitForAll()
      }
      try await cluster.sandbox.clearFaults()
      for name in names { try await shop.finished(name) }
      let truth = try await cluster.sandbox.truth(order: "load-")
      for name in names { shop.expectOnce(name, truth: truth) }
      let batches = Set(truth.paypal.payouts.map(\.senderBatchID))
      #expect(truth.paypal.payouts.count == 80 && batches.count <= 40, "\(batches.count) batches")
      try await shop.expectBalanced()
    }
  }

  @Test
  func `one payee's trouble is not another's, and money that comes back later is booked back`()
    async throws
  {
    try await Cluster.with { cluster in
      let shop = try await Shop(in: cluster)
      try await cluster.sandbox.fault(
        "paypal.payoutFailed", times: -1, match: "-admin-")
      try await shop.sell("o-1")
      let paid = try await state("o-1/reseller", .paid, shop)
      try await state("o-1/admin", .failed, shop)
      try await cluster.sandbox.clearFaults()
      _ = try await cluster.ledger.retryPayout(
        .init(payoutID: "o-1/admin"), options: Shop.asOperator)
      #expect(try await state("o-1/admin", .paid, shop).generation == 2)
      try await cluster.sandbox.movePayout("o-1-reseller-1", to: "RETURNED")
      let body = #"{"resource":{"payout_batch_id":"\#(paid.paypalBatchID)"}}"#
      _ = try await cluster.ledger.recordProviderEvent(
        .init(
          provider: "paypal", eventID: "WH-1", eventType: "PAYMENT.PAYOUTS-ITEM.RETURNED",
          environment: .sandbox, payload: Array(body.utf8)), options: Shop.asOperator)
      try await state("o-1/reseller", .returned, shop)
      _ = try await cluster.ledger.retryPayout(
        .init(payoutID: "o-1/reseller"), options: Shop.asOperator)
      try await state("o-1/reseller", .paid, shop)
      shop.expectOnce("o-1", truth: try await cluster.sandbox.truth(order: "o-1"))
      try await shop.expectBalanced()
    }
  }

  @discardableResult
  private func state(_ payoutID: String, _ state: PayoutState, _ shop: Shop) async throws
    -> Payout
  {
    try await eventually("\(payoutID) is \(state.name)", within: .seconds(30)) {
      let found = try? await shop.cluster.ledger.getPayout(
        .init(payoutID: payoutID), options: Shop.asOperator)
      return found?.state == state ? found : nil
    }
  }
}
