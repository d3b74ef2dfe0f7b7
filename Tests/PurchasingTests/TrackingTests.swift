import Contract
import Outside
import RPC
import Support
import Testing

@testable import Purchasing

/// How far goods have come, as the supplier tells.
@Suite struct TrackingTests {
  private static func order(_ status: String, cancelled: Bool = false) -> SupplierOrder {
    SupplierOrder(
      id: "1", status: status, isCancelled: cancelled, amount: nil, parts: nil,
      payTimeoutSeconds: nil)
  }

  @Test func `the slowest order decides about delivery, the fastest about shipping`() {
    let waits = Self.order("WAIT_SELLER_SEND_GOODS")
    let ships = Self.order("WAIT_BUYER_ACCEPT_GOODS")
    let done = Self.order("FINISH")
    let gone = Self.order("FINISH", cancelled: true)
    let cases: [([SupplierOrder], TrackingRules.Status, String)] = [
      ([waits], .notShipped, "WAIT_SELLER_SEND_GOODS"),
      ([Self.order("SOMETHING_NEW")], .notShipped, "SOMETHING_NEW"),
      ([ships], .shipped, "WAIT_BUYER_ACCEPT_GOODS"),
      ([waits, ships], .shipped, "WAIT_SELLER_SEND_GOODS"),
      ([waits, done], .shipped, "WAIT_SELLER_SEND_GOODS"),
      ([done, done], .delivered, "FINISH"), ([done, gone], .delivered, "PARTLY_CANCELLED"),
      ([gone], .cancelled, "FINISH"), ([waits, gone], .notShipped, "PARTLY_CANCELLED"),
      ([ships, Self.order("IN_ISSUE")], .shipped, "IN_ISSUE"),
    ]
    for (orders, status, word) in cases {
      #expect(TrackingRules.status(of: orders) == status)
      #expect(TrackingRules.supplierStatus(of: orders) == word)
    }
  }

  private static func read(_ text: String) throws -> Reading<[Parcel]> {
    AliExpressReading.parcels(.body(try JSON(parsing: text)), of: "8")
  }

  @Test func `a parcel is read with the carrier's newest word, and none is no failure`() throws {
    let parcel = try Self.read(
      """
      {"result":{"ret":true,"data":{"tracking_detail_line_list":{"tracking_detail":[
      {"mail_no":"LX1CN","carrier_name":"Post","detail_node_list":{"detail_node":[
      {"time_stamp":1600000000000,"tracking_name":"Old"},
      {"time_stamp":1700000000000,"tracking_name":"Shipped","tracking_detail_desc":"on its way"}
      ]}}]}}}}
      """)
    #expect(
      parcel
        == .value([
          Parcel(
            supplierOrderID: "8", carrier: "Post", trackingNumber: "LX1CN",
            firstSeenAt: 1_600_000_000_000, lastSeenAt: 1_700_000_000_000, lastSeen: "on its way")
        ]))
    let none = try Self.read(
      #"{"result":{"ret":false,"code":"1001","msg":"TRACKING DATA NOT FOUND"}}"#)
    #expect(none == .value([]))
    let bare = try Self.read(
      #"{"result":{"ret":true,"data":{"tracking_detail_line_list":[{"mail_no":"A1"}]}}}"#)
    #expect(
      bare
        == .value([
          Parcel(
            supplierOrderID: "8", carrier: "", trackingNumber: "A1", firstSeenAt: 0,
            lastSeenAt: 0, lastSeen: "")
        ]))
    guard case .later = try Self.read("{}") else {
      Issue.record("an answer without tracking is no answer")
      return
    }
  }

  private static func tracking(_ purchasing: PurchasingUnderTest, by actor: String = "system")
    async throws -> Tracking
  {
    try await purchasing.client.getTracking(
      .init(orderID: "o-1"), options: CallOptions(timeout: .seconds(5)).acting(actor))
  }

  /// Lets the supplier's last word be from so long ago.
  private static func age(_ purchasing: PurchasingUnderTest) async throws {
    try await purchasing.tamper("UPDATE tracking SET askedAt = askedAt - 60000")
  }

  private static let parcel = Parcel(
    supplierOrderID: "80000000000000110", carrier: "Post", trackingNumber: "LX1CN",
    firstSeenAt: 1000, lastSeenAt: 2000, lastSeen: "left")

  @Test func `the supplier is asked again only after a while, and its last word is kept`()
    async throws
  {
    try await PurchasingUnderTest.running { purchasing in
      _ = try await purchasing.buy("o-1")
      let before = try await Self.tracking(purchasing)
      #expect(before.status == "NOT_SHIPPED" && before.trackingNumber.isEmpty)
      purchasing.supplier.change { state in
        state.status = "WAIT_BUYER_ACCEPT_GOODS"
        state.parcels = [Self.parcel]
      }
      #expect(try await Self.tracking(purchasing) == before)
      try await Self.age(purchasing)
      let tracking = try await Self.tracking(purchasing, by: "reseller:42")
      #expect(tracking.status == "SHIPPED" && tracking.trackingNumber == "LX1CN")
      #expect(tracking.carrier == "Post" && tracking.lastSeen == "left")
      #expect(tracking.firstSeenAt?.milliseconds == 1000 && tracking.parcels.count == 1)
      try await Self.age(purchasing)
      let silence = PurchaseReason(code: .supplierUnavailable, text: "away", owner: .nobody)
      purchasing.supplier.change { $0.orderReading = .later(silence, retryAfterSeconds: nil) }
      var old = try await Self.tracking(purchasing)
      #expect(old.reason?.code == "SUPPLIER_UNAVAILABLE")
      old.reason = nil
      #expect(old == tracking)
      let uses = try await purchasing.count(
        "SELECT COUNT(*) AS n FROM credentialAudit WHERE purpose = 'tracking of o-1-p1'")
      #expect(uses == 2)
    }
  }

  @Test func `what cannot be tracked is refused with the reason`() async throws {
    try await PurchasingUnderTest.running { purchasing in
      await purchasing.expectRefused(.notFound) { _ = try await Self.tracking(purchasing) }
      purchasing.supplier.change { $0.product = ScriptedSupplier.soldOut }
      _ = try await purchasing.buy("o-1")
      await purchasing.expectRefused(.failedPrecondition, reason: "NOTHING_TO_TRACK") {
        _ = try await Self.tracking(purchasing)
      }
      await purchasing.expectRefused(.permissionDenied) {
        _ = try await Self.tracking(purchasing, by: "reseller:7")
      }
      purchasing.supplier.change { $0.product = ScriptedSupplier.mug }
      _ = try await purchasing.buy(PurchasingUnderTest.request("o-1", generation: 2))
      try await purchasing.tamper("UPDATE purchase SET path = 'browser' WHERE generation = 2")
      await purchasing.expectRefused(.failedPrecondition, reason: "TRACKED_BY_PERSON") {
        _ = try await Self.tracking(purchasing)
      }
      try await purchasing.tamper("UPDATE purchase SET path = 'api' WHERE generation = 2")
      let silence = PurchaseReason(code: .supplierUnavailable, text: "away", owner: .nobody)
      purchasing.supplier.change { $0.orderReading = .later(silence, retryAfterSeconds: nil) }
      await purchasing.expectRefused(.unavailable, reason: "SUPPLIER_UNAVAILABLE") {
        _ = try await Self.tracking(purchasing)
      }
    }
  }
}
