import Contract
import Crypto
import RPC
import Store
import Support
import Synchronization
import Testing

@testable import Purchasing

/// The shop's account is left alone when the shop grows suspicious of it.
struct ShopAccountTests {
  private static let name = ShopAccount.Name(
    environment: .sandbox, account: "shop:buyer@platform.example")
  private static let captcha = BrowserRules.reason(.challenge("the shop asks for a captcha"))

  private static func house(_ orderID: String) -> PlacePurchaseRequest {
    PurchasingUnderTest.request(orderID, user: 0)
  }

  private static func status(_ test: PurchasingUnderTest) async throws -> CredentialStatus {
    try await test.credentials.getCredentialStatus(
      .init(userID: 0, api: "aliexpress-shop", environment: .sandbox),
      options: PurchasingUnderTest.asOperator)
  }

  @discardableResult
  private static func reopen(_ test: PurchasingUnderTest, by actor: String = "operator:test")
    async throws -> CredentialStatus
  {
    try await test.credentials.refreshCredentials(
      .init(userID: 0, api: "aliexpress-shop", environment: .sandbox),
      options: CallOptions(timeout: .seconds(15)).acting(actor))
  }

  /// Lets the account's time pass.
  private static func pass(_ test: PurchasingUnderTest) async throws {
    try await test.tamper("UPDATE shopAccount SET closedUntil = 0")
  }

  @Test func `after a challenge others wait, and are bought when the time is over`() async throws {
    let shop = ScriptedShop()
    let test = try PurchasingUnderTest(shop: shop)
    try await test.moving {
      shop.script(.before(BrowserRules.placing(.challenge("the shop asks for a captcha"))))
      let first = try await test.buy(Self.house("first"))
      #expect(first.state == .refused && first.reason?.code == "BROWSER_CHALLENGE")
      try await test.ask(Self.house("second"))
      let second = try await test.wait(for: "second", .requested, "BROWSER_ACCOUNT_CLOSED")
      let wait = (second.nextAt?.milliseconds ?? 0) - PurchaseWork.now()
      #expect((800_000...905_000).contains(wait))
      #expect(second.reason?.text.contains("the shop asks for a captcha") == true)
      #expect(second.reason?.owner == "platform")
      #expect(shop.state.withLock(\.visits) == 1)
      let status = try await Self.status(test)
      #expect(status.state == .expired && status.nextRefreshAt != nil)
      try await Self.pass(test)
      try await test.store.write { try PurchaseStore(transaction: $0).wakeShop(.sandbox) }
      try await test.wait(for: "second", .purchased)
      #expect(try await test.count("SELECT COUNT(*) AS n FROM shopAccount") == 0)
      #expect(try await Self.status(test).state == .valid)
    }
  }

  @Test func `three in a row end at a person, who reopens the account`() async throws {
    let shop = ScriptedShop()
    let test = try PurchasingUnderTest(shop: shop)
    try await test.moving {
      for number in 1...3 {
        shop.script(.before(BrowserRules.placing(.loginRefused("the shop lets nobody in"))))
        let refused = try await test.buy(Self.house("o-\(number)"))
        #expect(refused.reason?.code == "BROWSER_LOGIN_REFUSED")
        try await Self.pass(test)
      }
      let refused = try await test.buy(Self.house("o-4"))
      #expect(refused.state == .refused && refused.reason?.code == "BROWSER_ACCOUNT_CLOSED")
      #expect(refused.reason?.text.contains("dropwire credentials reopen-shop") == true)
      #expect(shop.state.withLock(\.visits) == 3)
      let status = try await Self.status(test)
      #expect(status.state == .revoked && status.vendorAccountID == Self.name.account)
      #expect(status.reason?.text.contains("3 times in a row") == true)
      await test.expectRefused(.permissionDenied, reason: "PLATFORM_ONLY") {
        try await Self.reopen(test, by: "reseller:42")
      }
      #expect(try await Self.reopen(test).state == .valid)
      let again = PurchasingUnderTest.request("o-4", generation: 2, user: 0)
      #expect(try await test.buy(again).state == .purchased)
    }
  }

  @Test func `a visit that goes well in between begins the count anew`() async throws {
    let shop = ScriptedShop()
    let test = try PurchasingUnderTest(shop: shop)
    try await test.moving {
      for number in 1...4 {
        shop.script(.before(BrowserRules.placing(.challenge("a captcha"))), .place)
        try await test.buy(Self.house("bad-\(number)"))
        try await Self.pass(test)
        #expect(try await test.buy(Self.house("good-\(number)")).state == .purchased)
      }
    }
  }

  @Test func `a list that asks for a captcha is left alone too, and no lookup is used up`()
    async throws
  {
    let shop = ScriptedShop()
    let test = try PurchasingUnderTest(shop: shop)
    try await test.moving {
      shop.script(.placeInSilence)
      shop.change { $0.listings = [.later(Self.captcha, retryAfterSeconds: nil)] }
      try await test.ask(Self.house("lost"))
      let waits = try await eventually("the purchase waits for the account") {
        let purchase = try await test.purchase("lost")
        let isLong = (purchase.nextAt?.milliseconds ?? 0) > PurchaseWork.now() + 600_000
        return isLong ? purchase : nil
      }
      #expect(waits.state == .unknown && waits.reason?.code == "OUTCOME_UNKNOWN")
      #expect(waits.reason?.text.contains("is left alone until") == true)
      try await Self.reopen(test)
      let found = try await test.wait(for: "lost", .purchased)
      #expect(found.resolvedBy == "orderList" && shop.bought.count == 1)
    }
  }

  @Test func `an unknown purchase of an account that needs a person is for that person`()
    async throws
  {
    let shop = ScriptedShop()
    let test = try PurchasingUnderTest(shop: shop)
    try await test.store.write { transaction in
      let purchases = PurchaseStore(transaction: transaction)
      var account: ShopAccount?
      for _ in 1...3 {
        account = ShopAccountRules.failed(
          account, Self.captcha, marks: ["mark"], pause: 1, now: transaction.now)
      }
      if let account { try purchases.put(account, Self.name) }
      let made = try purchases.request(try test.service.read(Self.house("lost"))).purchase
      let why = PurchaseReason(code: .houseOrder, text: "house", owner: .platform)
      guard let begun = try purchases.beginVisit(made, account: Self.name.account, why: why) else {
        return
      }
      _ = try purchases.markConfirming(
        begun.purchase, attempt: begun.attempt, VisitLog(name: "lost-p1.1"))
      try purchases.unknown(
        begun.purchase, BrowserRules.lost("test"), until: transaction.now, tries: 0)
    }
    try await test.moving {
      let asked = try await test.wait(for: "lost", .unknown, "PURCHASE_UNKNOWN")
      #expect(asked.nextAt == nil && asked.reason?.text.contains("reopen-shop") == true)
      try await Self.reopen(test)
      #expect(
        try await test.wait(for: "lost", .refused).reason?.code == "ORDER_NOT_IN_LIST")
    }
  }

  @Test func `a payment that cannot be read for a captcha waits, and a new password opens`()
    async throws
  {
    let shop = ScriptedShop()
    let test = try PurchasingUnderTest(shop: shop)
    try await test.moving {
      shop.change {
        $0.isPaid = false
        $0.orderReading = .later(Self.captcha, retryAfterSeconds: nil)
      }
      try await test.ask(Self.house("unpaid"))
      try await test.wait(for: "unpaid", .awaitingSupplierPayment, "BROWSER_ACCOUNT_CLOSED")
      shop.change {
        $0.isPaid = true
        $0.orderReading = nil
        $0.passwordMark = "another mark"
      }
      #expect(try await Self.status(test).state == .valid)
      try await test.store.write { try PurchaseStore(transaction: $0).wakeShop(.sandbox) }
      try await test.wait(for: "unpaid", .purchased)
    }
  }

  @Test func `the accounts are listed after the credentials, on a page of their own if need be`()
    async throws
  {
    let test = try PurchasingUnderTest(shop: ScriptedShop())
    try await test.putCredentials()
    func list(_ size: Int32, _ token: String = "") async throws -> ListCredentialsResponse {
      try await test.credentials.listCredentials(
        .init(userID: 0, pageSize: size, pageToken: token),
        options: PurchasingUnderTest.asOperator)
    }
    let all = try await list(0)
    #expect(all.credentials.map(\.api) == ["aliexpress-dropshipping", "aliexpress-shop"])
    #expect(all.nextPageToken.isEmpty)
    let first = try await list(1)
    #expect(first.credentials.map(\.userID) == [42])
    let second = try await list(1, first.nextPageToken)
    #expect(second.credentials.map(\.api) == ["aliexpress-shop"] && second.nextPageToken.isEmpty)
  }

  @Test func `a mark tells equal passwords, and nothing of them`() {
    let (one, other) = (MasterKey(.init(size: .bits256)), MasterKey(.init(size: .bits256)))
    let marks = MasterKeyRing(one).marks(of: "a\npassword")
    #expect(marks == MasterKeyRing(one).marks(of: "a\npassword"))
    #expect(marks != MasterKeyRing(one).marks(of: "a\npasswore"))
    #expect(marks != MasterKeyRing(other).marks(of: "a\npassword"))
    // After a change of the master key the mark before is known still, and the count goes on.
    let changed = MasterKeyRing(other, older: [one]).marks(of: "a\npassword")
    #expect(changed.contains(marks[0]))
    let before = ShopAccountRules.failed(nil, Self.captcha, marks: marks, pause: 1, now: 5)
    let after = ShopAccountRules.failed(before, Self.captcha, marks: changed, pause: 1, now: 6)
    #expect(after.failures == 2 && after.passwordMark == changed[0])
    let anew = ShopAccountRules.failed(before, Self.captcha, marks: ["else"], pause: 1, now: 6)
    #expect(anew.failures == 1)
  }
}
