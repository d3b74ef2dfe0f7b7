import ArgumentParser
import Contract
import RPC
import Testing

@testable import Client

extension Examples {
  static let tracking = Tracking(
    orderID: "demo-1", carrier: "Post", trackingNumber: "LX1CN", status: "SHIPPED",
    updatedAt: time(noon), lastSeenAt: time(noon - 3000), lastSeen: "left the seller",
    firstSeenAt: time(noon - 4000), supplierStatus: "WAIT_BUYER_ACCEPT_GOODS",
    parcels: [
      Parcel(
        supplierOrderID: "8001", carrier: "Post", trackingNumber: "LX1CN",
        lastSeenAt: time(noon - 3000), lastSeen: "left the seller"),
      Parcel(supplierOrderID: "8002", carrier: "DHL", trackingNumber: "D2"),
    ], reason: Reason(code: "SUPPLIER_UNAVAILABLE", text: "no answer"))
}

/// What is sent and shown about goods on their way.
@Suite struct TrackingVerbTests {
  @Test func `tracking is a card with all parcels`() async throws {
    let run = try await Terminal().run("tracking demo-1")
    #expect(run.status == 0)
    for line in [
      "status             shipped", "supplier says      WAIT_BUYER_ACCEPT_GOODS",
      "not newer because  SUPPLIER_UNAVAILABLE: no answer", "8001            Post     LX1CN",
    ] { #expect(run.out.contains(line), "\(line)\n\(run.out)") }
    let json = try await Terminal().run("tracking demo-1 --json")
    #expect(try Tracking(json: json.out) == Examples.tracking)
  }

  @Test func `what a person says of goods is sent under his name`() async throws {
    let terminal = Terminal()
    let run = try await terminal.run(
      "submit-tracking demo-1 --carrier 'China Post' --number LX1CN")
    #expect(run.status == 0)
    #expect(
      terminal.services.notes.all == [
        #"operator:test SubmitTracking {"orderId":"demo-1","carrier":"China Post","trackingNumber":"LX1CN"}"#
      ])
    let arrived = try await terminal.run(
      "submit-tracking demo-1 --carrier DHL --number 1Z9 --delivered")
    #expect(arrived.status == 0)
    #expect(terminal.services.notes.all.last?.contains("deliveredAt") == true)
    #expect(throws: (any Error).self) {
      _ = try DropwireMain.parseAsRoot(["submit-tracking", "demo-1"])
    }
  }

  @Test(arguments: [
    ("retri", "retry"), ("mark-purchase", "mark-purchased"), ("cancle", "cancel"),
    ("attest-not-place", "attest-not-placed"), ("submit-traking", "submit-tracking"),
    ("trackin", "tracking"),
  ])
  func `a mistyped action is answered with the right one`(typed: String, meant: String) {
    let complaint = DropwireMain.unknownVerb(typed)
    #expect(complaint?.text.contains("did you mean") == true, "\(typed)")
    #expect(complaint?.text.contains(meant) == true, "\(typed)")
  }
}
