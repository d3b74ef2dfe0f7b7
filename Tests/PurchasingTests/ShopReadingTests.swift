import Contract
import Foundation
import Logging
import Money
import Testing

@testable import Purchasing

/// Amounts, addresses and the selector profile.
struct ShopReadingTests {
  @Test(
    arguments: [
      ("US $8.00", 800), ("US $1,234.50", 123_450), ("US$0.99", 99), ("8.00 USD", 800),
      ("US $1,234,567.00", 123_456_700), ("Free shipping", 0), ("US\u{A0}$6.50", 650),
      ("US $12,34.50", nil), ("$8.00", nil), ("EUR 8.00", nil), ("US $8.00 - 9.00", nil), ("", nil),
      ("US $", nil), ("US $-8.00", nil), ("US $8.001", nil), ("approx. US $8.00", nil),
    ] as [(String, Int64?)])
  func `an amount is read whole, or not at all`(_ text: String, _ cents: Int64?) {
    #expect(ShopMoney.read(text, .builtIn)?.minorUnits == cents)
  }

  @Test func `the built-in profile is one that a file could hold`() throws {
    let profile = try ShopProfile(ShopProfile.builtInText)
    #expect(profile.path(.item, product: "1005", country: "US") == "/item/1005.html?shipTo=US")
    #expect(
      profile.selector(.variant, sku: "12\"x") == ".sku-item[data-sku-id=\"12\\\"x\"]")
  }

  @Test(arguments: [
    (##""challenge": "#challenge","##, "", "elements.challenge is missing"),
    (##""challenge": "#challenge""##, #""challenge": "c", "x": "1""#, "elements.x is not known"),
    (#"{product}"#, "1", "pages.item must contain {product}"),
    (#""/login""#, #""login""#, "pages.login must start with /"),
    (#""USD": "USD""#, #""USD": "DOLLAR""#, "currencies must give marks and their currency codes"),
    (#""pages""#, #"pages"#, "it is not JSON, or a name comes twice"),
  ])
  func `a profile that cannot work is refused and says why`(
    _ old: String, _ new: String, _ problem: String
  ) {
    let text = ShopProfile.builtInText.replacing(old, with: new, maxReplacements: 1)
    let error = #expect(throws: ShopProfile.Malformed.self) { try ShopProfile(text) }
    #expect(error?.description == problem)
  }

  @Test(arguments: [
    ("Standard, 10 to 18 days, US $1.50, tracked", true), ("Tracked", true),
    ("Standard (tracked)", true), ("Express\nTracked\u{A0}", true),
    ("Economy, 20 to 45 days, untracked", false), ("Economy, not tracked", false),
    ("tracked to the border only", false), ("Economy", false), ("", false),
  ])
  func `a delivery is tracked when a part of its text says exactly that`(
    _ text: String, _ isTracked: Bool
  ) {
    #expect(ShopProfile.builtIn.says(.tracked, in: text) == isTracked)
  }

  @Test func `totals of another delivery, or that do not add up, buy nothing`() throws {
    func usd(_ cents: Int64?) -> Amount? { cents.map { ScriptedShop.usd($0) } }
    func shown(_ items: Int64?, _ shipping: Int64?, _ tax: Int64?, _ landed: Int64?) -> ShownTotals
    {
      ShownTotals(items: usd(items), shipping: usd(shipping), tax: usd(tax), landed: usd(landed))
    }
    let delivery = Delivery(code: "STANDARD", fee: usd(150), isTracked: true)
    let totals = try BrowserRules.totals(shown(650, 150, 10, 810), of: delivery)
    #expect(totals.landed == usd(810) && totals.delivery == "STANDARD")
    let wrong = [
      shown(650, 99, 10, 759), shown(650, 150, 10, 759), shown(nil, 150, 10, 810),
      shown(650, 150, nil, 800),
    ]
    for shown in wrong {
      #expect(!shown.isOf(delivery))
      let reason = #expect(throws: PurchaseReason.self) {
        try BrowserRules.totals(shown, of: delivery)
      }
      #expect(reason?.code == .priceUnreadable)
    }
    #expect(throws: PurchaseReason.self) {
      try BrowserRules.totals(
        shown(650, 150, 10, 810), of: Delivery(code: "STANDARD", fee: nil, isTracked: true))
    }
  }

  @Test func `a shown address must have every part of the order's`() {
    let address = PurchasingUnderTest.address
    let shown = "Ada Lovelace +1 4155550100\n1 Market Street, San Francisco, California, 94105, US"
    #expect(ShopAddress.lacking(in: shown, address) == nil)
    #expect(
      ShopAddress.lacking(in: shown.replacing("94105", with: "94106"), address) == "postal_code")
    let other = ListedOrder(
      id: "9001", quantity: 1, receiver: "Ada Byron", address: shown, placedAt: 0)
    #expect(!ShopAddress.isSame(other, address))
  }

  @Test func `an order that is much like the purchase is no proof that nothing was placed`() {
    let content = PurchaseContent(
      orderID: "o-1", generation: 1, userID: 0, environment: .sandbox, productURL: "",
      productID: "1", skuID: "2", quantity: 2, shipTo: PurchasingUnderTest.address,
      ceiling: ScriptedSupplier.usd(1500))
    let own = ScriptedShop.listed("9001", content, placedAt: 1_000_000)
    func finding(
      quantity: Int = 2, receiver: String? = nil, address: String? = nil, at: Int64 = 1_000_000
    ) -> BrowserRules.Finding {
      let listed = ListedOrder(
        id: "9001", quantity: quantity, receiver: receiver ?? own.receiver,
        address: address ?? own.address, placedAt: at)
      return BrowserRules.finding(
        [listed], content, confirmingAt: 1_000_000, readableSince: 1_000_000, settleTime: 500,
        now: 1_000_500)
    }
    #expect(finding() == .found("9001"))
    let alike = [
      finding(quantity: 1), finding(receiver: "A. Byron"), finding(address: "1 Market St..."),
    ]
    for finding in alike {
      guard case .askPerson(let reason) = finding else {
        Issue.record("taken for a proof: \(finding)")
        continue
      }
      #expect(reason.text.contains("9001"))
    }
    guard case .absent = finding(at: -3_600_000) else {
      Issue.record("an order of another time says nothing")
      return
    }
  }

  @Test func `screenshots that are too old or too many go, those of doubts stay`() throws {
    let directory = "/tmp/dropwire-shots-\(UInt32.random(in: .min ... .max))"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let shots = Screenshots(
      directory: directory, countMax: 2, daysMax: 1, logger: PurchasingUnderTest.logger)
    for number in 1...4 {
      let log = VisitLog(name: "o-\(number)-p1.1")
      log.begin(.product)
      shots.keep(Data("png".utf8), log)
      #expect(log.screenshots == ["o-\(number)-p1.1.01-product.png"])
      let path = "\(directory)/\(log.screenshots[0])"
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
      #expect(mode as? Int == 0o600)
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: 1_000_000 + Double(number))],
        ofItemAtPath: path)
    }
    shots.sweep(keeping: ["o-1-p1.1"], now: Date(timeIntervalSince1970: 1_000_010))
    let left = try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
    #expect(left.map { $0.prefix(3) } == ["o-1", "o-3", "o-4"])
    shots.sweep(keeping: [], now: Date(timeIntervalSince1970: 1_000_010 + 86_400 * 2))
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory).isEmpty)
  }
}
