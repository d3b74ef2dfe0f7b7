import Contract
import RPC
import Support
import Testing

@testable import Ledger

/// What is refused at the door: fields that cannot be right, people who may not.
@Suite struct BorderTests {
  private typealias Page = LedgerUnderTest

  private static func changed(
    _ change: (inout RecordCaptureRequest) -> Void
  ) -> RecordCaptureRequest {
    var request = LedgerUnderTest.capture("o-1")
    change(&request)
    return request
  }

  @Test(arguments: [
    (["price"], changed { $0.price = nil }),
    (["price"], changed { $0.price = .init(minorUnits: 0, currency: "USD") }),
    (["price"], changed { $0.price = .init(minorUnits: -1, currency: "USD") }),
    (["price"], changed { $0.price = .init(minorUnits: .max, currency: "USD") }),
    (["price"], changed { $0.price = .init(minorUnits: 5, currency: "XXQ") }),
    (["payment_fee"], changed { $0.paymentFee = .init(minorUnits: 5, currency: "EUR") }),
    (["payment_fee"], changed { $0.paymentFee = .init(minorUnits: -5, currency: "USD") }),
    (["order_id"], changed { $0.orderID = "" }),
    (["order_id"], changed { $0.orderID = "Not An Id" }),
    (["order_id"], changed { $0.orderID = String(repeating: "x", count: 41) }),
    (["user_id"], changed { $0.userID = -1 }),
    (["environment"], changed { $0.environment = .unspecified }),
    (["environment"], changed { $0.environment = .unrecognized(9) }),
    (["capture_id"], changed { $0.captureID = "" }),
    (["occurred_at"], changed { $0.occurredAt = .init(seconds: .max, nanos: 0) }),
    (
      ["order_id", "environment", "price"],
      changed { ($0.orderID, $0.environment, $0.price) = ("", .unspecified, nil) }
    ),
  ])
  func `a field that cannot be right is named`(_ fields: [String], _ request: RecordCaptureRequest)
    async throws
  {
    let ledger = try LedgerUnderTest()
    await ledger.expectRefused(.invalidArgument, fields: fields) {
      _ = try await ledger.client.recordCapture(request, options: Page.asSystem)
    }
    #expect(try await ledger.page().isEmpty)
  }

  @Test func `a sale's own fields are named`() async throws {
    let ledger = try LedgerUnderTest()
    for (field, sale) in [
      ("funded_by", Page.sale("o-1", fundedBy: "nobody")),
      ("funded_by", Page.sale("o-1", user: 0, fundedBy: "reseller")),
      ("landed_cost", Page.sale("o-1", cost: -1)),
    ] {
      await ledger.expectRefused(.invalidArgument, fields: [field]) {
        _ = try await ledger.client.recordSale(sale, options: Page.asSystem)
      }
    }
  }

  @Test func `payout and rate requests name their fields`() async throws {
    let (ledger, options) = (try LedgerUnderTest(), Page.asOperator)
    await ledger.expectRefused(.invalidArgument, fields: ["payee", "email"]) {
      _ = try await ledger.client.putPayoutRecipient(
        .init(payee: "reseller:x", environment: .sandbox, email: "nobody"), options: options)
    }
    await ledger.expectRefused(.invalidArgument, fields: ["rate_bps"]) {
      _ = try await ledger.client.setCommissionRate(
        .init(userID: 1, rateBps: 10_001), options: options)
    }
    await ledger.expectRefused(.invalidArgument, fields: ["account", "currency"]) {
      _ = try await ledger.client.getBalance(
        .init(account: "petty cash", environment: .sandbox, currency: "usd"), options: options)
    }
    await ledger.expectRefused(.invalidArgument, fields: ["direction"]) {
      _ = try await ledger.client.recordFunding(
        .init(
          fundingID: "f", environment: .sandbox, direction: .unspecified, amount: Page.usd(1),
          occurredAt: nil), options: options)
    }
    await ledger.expectRefused(.invalidArgument, fields: ["page_size", "page_token"]) {
      _ = try await ledger.client.listSales(
        .init(userID: 0, pageSize: -1, pageToken: "x"), options: options)
    }
    await ledger.expectRefused(.notFound, reason: "NOT_FOUND") {
      _ = try await ledger.payout("nowhere/admin")
    }
  }

  @Test func `only the chain records, only the platform sets, a reseller reads his own`()
    async throws
  {
    let ledger = try LedgerUnderTest()
    try await ledger.sell("o-1")
    let own = CallOptions().acting("reseller:42")
    let other = CallOptions().acting("reseller:43")
    await ledger.expectRefused(.unauthenticated) {
      _ = try await ledger.client.getSale(.init(orderID: "o-1"))
    }
    for options in [own, CallOptions().acting("admin:1")] {
      await ledger.expectRefused(.permissionDenied) {
        _ = try await ledger.client.recordSale(Page.sale("o-1"), options: options)
      }
    }
    await ledger.expectRefused(.permissionDenied) {
      _ = try await ledger.client.setCommissionRate(.init(userID: 42, rateBps: 0), options: own)
    }
    await ledger.expectRefused(.permissionDenied) {
      _ = try await ledger.client.trialBalance(.init(environment: .sandbox), options: own)
    }
    #expect(try await ledger.client.getSale(.init(orderID: "o-1"), options: own).userID == 42)
    await ledger.expectRefused(.permissionDenied) {
      _ = try await ledger.client.getSale(.init(orderID: "o-1"), options: other)
    }
    await ledger.expectRefused(.permissionDenied) {
      _ = try await ledger.client.getPayout(.init(payoutID: "o-1/admin"), options: own)
    }
    let listed = try await ledger.client.listPayouts(.init(orderID: "o-1"), options: own)
    #expect(listed.payouts.map(\.payee) == ["reseller:42"])
    _ = try await ledger.client.putPayoutRecipient(
      .init(payee: "reseller:42", environment: .sandbox, email: "me@example.com"), options: own)
    await ledger.expectRefused(.permissionDenied) {
      _ = try await ledger.client.putPayoutRecipient(
        .init(payee: "reseller:42", environment: .sandbox, email: "thief@example.com"),
        options: other)
    }
  }
}
