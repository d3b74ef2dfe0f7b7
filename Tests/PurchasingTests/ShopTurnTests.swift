import Contract
import Foundation
import Store
import Support
import Synchronization
import Testing

@testable import Purchasing

/// Who is in the shop, who waits for it, and what a visit leaves behind.
struct ShopTurnTests {
  private static func house(_ orderID: String) -> PlacePurchaseRequest {
    PurchasingUnderTest.request(orderID, user: 0)
  }

  /// Holds the account of an environment until a body has ended.
  private static func holding(
    _ gate: BrowserGate, _ environment: Contract.Environment, _ body: () async throws -> Void
  ) async throws {
    let (entered, enter) = AsyncStream<Void>.makeStream()
    let (released, release) = AsyncStream<Void>.makeStream()
    let holder = Task {
      let turn: Void? = await gate.inTurn(environment) {
        enter.finish()
        for await _ in released {}
      }
      enter.finish()
      return turn != nil
    }
    for await _ in entered {}
    try await body()
    release.finish()
    #expect(await holder.value, "the account was free")
  }

  @Test func `those who wait for one account take no place from those of another`() async throws {
    let gate = BrowserGate(placesMax: 2, waitersMax: 1)
    try await Self.holding(gate, .sandbox) {
      let waits = Task { await gate.inTurn(.sandbox) { "sandbox" } }
      _ = try await eventually("one waits") { gate.waiting(for: .sandbox) == 1 ? true : nil }
      #expect(await gate.inTurn(.sandbox) { "too many" } == nil)
      #expect(await gate.inTurn(.production) { "production" } == "production")
      waits.cancel()
      #expect(await waits.value == nil)
    }
    #expect(await gate.inTurn(.sandbox) { "later" } == "later")
  }

  @Test func `a purchase that finds the account taken gives its turn to the next`() async throws {
    let pace = PurchasePace(perSecond: 1)
    let gate = BrowserGate(placesMax: 1, waitersMax: 0)
    let shop = ScriptedShop()
    let purchasing = try PurchasingUnderTest(pace: pace, shop: shop, gate: gate)
    try await Self.holding(gate, .sandbox) {
      try await purchasing.moving {
        try await purchasing.ask(Self.house("waits"))
        try await purchasing.wait(for: "waits", .requested, "BROWSER_BUSY")
        #expect(pace.turn(of: "other", now: PurchaseWork.now()) == nil)
      }
    }
  }

  @Test func `a visit that died before the mark was not placed, also when the API buys then`()
    async throws
  {
    let test = try PurchasingUnderTest(shop: ScriptedShop())
    let request = PurchasingUnderTest.request("o-1")
    let content = try test.service.read(request)
    let hasBegun = try await test.store.write { transaction in
      let purchases = PurchaseStore(transaction: transaction)
      let why = PurchaseReason(code: .noCredentials, text: "none", owner: .reseller)
      return try purchases.beginVisit(
        try purchases.request(content).purchase, account: "shop:buyer@platform.example", why: why)
        != nil
    }
    #expect(hasBegun)
    try await test.putCredentials()
    try await test.moving {
      let purchase = try await test.wait(for: "o-1", .purchased)
      #expect(purchase.path == "api")
      #expect(purchase.attempts.map(\.outcome) == [.notAccepted, .placed])
      #expect(
        purchase.attempts.first?.reason?.text == "the process ended before the order was confirmed")
    }
  }

  @Test func `a look at the account removes old screenshots as a purchase does`() async throws {
    let directory = "/tmp/dropwire-shots-\(UInt32.random(in: .min ... .max))"
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let shop = ScriptedShop()
    shop.change { $0.isPaid = false }
    let test = try PurchasingUnderTest(shop: shop, screenshots: directory)
    try await test.moving {
      try await test.ask(Self.house("o-1"))
      try await test.wait(for: "o-1", .awaitingSupplierPayment)
      let old = "\(directory)/order-9.01-login.png"
      #expect(FileManager.default.createFile(atPath: old, contents: Data("png".utf8)))
      try await test.tamper("UPDATE intent SET dueAt = 0")
      _ = try await eventually("the next look removes it", within: .seconds(15)) {
        FileManager.default.fileExists(atPath: old) ? nil : true
      }
    }
  }
}
