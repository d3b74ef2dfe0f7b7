import Contract
import Money
import RPC
import Runtime
import Store
import Support
import Testing

@testable import Ledger

/// What PayPal pushes about payouts.
@Suite struct EventTests {
  private typealias Page = LedgerUnderTest

  private static func event(
    _ id: String, batch: String, type: String = "PAYMENT.PAYOUTS-ITEM.REFUNDED"
  ) -> RecordProviderEventRequest {
    RecordProviderEventRequest(
      provider: "paypal", eventID: id, eventType: type, environment: .sandbox,
      occurredAt: nil, payload: Array(#"{"resource":{"payout_batch_id":"\#(batch)"}}"#.utf8))
  }

  @Test func `a payout that was paid and came back is RETURNED, and can be sent again`()
    async throws
  {
    try await LedgerUnderTest.running { ledger in
      ledger.payPal.items(become: "SUCCESS", fee: Amount(minorUnits: 25, currency: .usd))
      try await ledger.putRecipients(["reseller:42"])
      try await ledger.fund()
      try await ledger.sell("o-1")
      let paid = try await ledger.wait(for: "o-1/reseller", .paid)
      ledger.payPal.change("o-1-reseller-1", to: "REVERSED")
      let event = Self.event("WH-1", batch: paid.paypalBatchID)
      #expect(
        try await ledger.client.recordProviderEvent(event, options: Page.asSystem).isNew)
      try await ledger.wait(for: "o-1/reseller", .returned, "RETURNED_BY_PAYPAL")
      #expect(
        try await ledger.page("o-1").last
          == "o-1/reseller-1/reversed: paypal <- reseller:42 18.80")
      #expect(try await ledger.balance("reseller:42") == 1880)
      #expect(try await ledger.balance("paypal") == 1_000_000 + 2000 - 25)
      #expect(
        try await !ledger.client.recordProviderEvent(event, options: Page.asSystem).isNew)
      _ = try await ledger.client.retryPayout(
        .init(payoutID: "o-1/reseller"), options: Page.asOperator)
      #expect(try await ledger.wait(for: "o-1/reseller", .paid).generation == 2)
      #expect(try await ledger.balance("paypal") == 1_000_000 + 120 - 50)
    }
  }

  @Test func `an event is a hint: what PayPal says when it is asked counts`() async throws {
    try await LedgerUnderTest.running { ledger in
      try await ledger.putRecipients(["reseller:42"])
      try await ledger.fund()
      try await ledger.sell("o-1")
      let paid = try await ledger.wait(for: "o-1/reseller", .paid)
      for (index, batch) in [paid.paypalBatchID, "unknown", ""].enumerated() {
        _ = try await ledger.client.recordProviderEvent(
          Self.event("WH-\(index)", batch: batch), options: Page.asSystem)
      }
      var broken = Self.event("WH-9", batch: "")
      broken.payload = [0xFF, 0x00]
      _ = try await ledger.client.recordProviderEvent(broken, options: Page.asSystem)
      _ = try await eventually("it was looked at") {
        let waiting = try await ledger.store.read {
          try $0.intent(PayoutStore.pollIntent, "o-1-reseller-1")
        }
        return waiting == nil ? true : nil
      }
      #expect(try await ledger.payout("o-1/reseller") == paid)
    }
  }

  @Test func `an event that cannot be right is refused`() async throws {
    let ledger = try LedgerUnderTest()
    await ledger.expectRefused(
      .invalidArgument, fields: ["provider", "event_id", "event_type", "environment", "payload"]
    ) {
      _ = try await ledger.client.recordProviderEvent(
        .init(payload: [UInt8](repeating: 0, count: ProviderEvent.payloadBytesMax + 1)),
        options: Page.asSystem)
    }
    await ledger.expectRefused(.permissionDenied) {
      _ = try await ledger.client.recordProviderEvent(
        Self.event("WH-1", batch: "B"), options: CallOptions().acting("reseller:42"))
    }
  }
}
