import Money

/// A variant of a product that can be bought. Money is in US cents.
struct SKU: Sendable {
  let id: String
  /// As the supplier writes it, with labels, such as `14:29#White`; empty for a single SKU.
  let attributes: String
  var price: Int64
  var stock: Int64
  /// On top of the price, for each piece.
  var tax: Int64 = 0

  /// Property ids only: `14:29#White;5:3` is `14:29;5:3`.
  static func withoutLabels(_ attributes: String) -> String {
    attributes.split(separator: ";").map { $0.prefix { $0 != "#" } }.joined(separator: ";")
  }
}

/// A way to send a product to a country. Money is in US cents, for one order line.
struct FreightOption: Sendable {
  let code: String
  let company: String
  let fee: Int64
  let isTracked: Bool
  let days: ClosedRange<Int64>
  var countries: Set<String> = ["US", "CA", "GB", "DE", "FR", "ES", "AU", "NZ", "BR", "MX"]
}

/// Something that a store sells.
struct Product: Sendable {
  let id: String
  let title: String
  let storeID: Int64
  var isOnSale = true
  var skus: [SKU]
  let freight: [FreightOption]
}

/// All products.
struct Catalogue: Sendable {
  private var products: [String: Product]
  private var productOfSKU: [String: String] = [:]

  init(_ products: [Product] = Self.samples) {
    self.products = Dictionary(products.map { ($0.id, $0) }) { first, _ in first }
    for product in products {
      for sku in product.skus { productOfSKU[sku.id] = product.id }
    }
  }

  func product(_ id: String) -> Product? { products[id] }

  /// The product that a SKU belongs to.
  func product(ofSKU id: String) -> Product? { productOfSKU[id].flatMap { products[$0] } }

  var onSale: [Product] { products.values.filter(\.isOnSale).sorted { $0.id < $1.id } }

  /// Changes a SKU wherever it is; false when there is none of that id.
  mutating func change(skuID: String, _ body: (inout SKU) -> Void) -> Bool {
    guard let productID = productOfSKU[skuID],
      let index = products[productID]?.skus.firstIndex(where: { $0.id == skuID })
    else { return false }
    products[productID]?.skus[index].updated(body)
    return true
  }
}

extension SKU {
  fileprivate mutating func updated(_ body: (inout SKU) -> Void) { body(&self) }
}

extension Catalogue {
  /// More than anybody buys.
  private static let endless: Int64 = 1_000_000_000

  private static let economy = FreightOption(
    code: "CAINIAO_ECONOMY", company: "Cainiao Economy", fee: 99, isTracked: false, days: 20...45)
  private static let standard = FreightOption(
    code: "CAINIAO_STANDARD", company: "Cainiao Standard", fee: 150, isTracked: true, days: 10...18)
  private static let premium = FreightOption(
    code: "CAINIAO_PREMIUM", company: "Cainiao Premium", fee: 320, isTracked: true, days: 7...10)
  private static let express = FreightOption(
    code: "EMS_EXPRESS", company: "Express", fee: 1890, isTracked: true, days: 3...5,
    countries: ["US", "DE"])
  private static let all = [economy, standard, premium, express]

  /// The mug of the examples, and one product for each way in which things can be otherwise.
  static let samples = [
    Product(
      id: "1005001000000001", title: "Ceramic mug", storeID: 1,
      skus: [
        SKU(id: "12000000000000001", attributes: "14:29#White", price: 650, stock: endless),
        SKU(id: "12000000000000002", attributes: "14:193#Black", price: 650, stock: 0),
        SKU(id: "12000000000000003", attributes: "14:10#Red", price: 720, stock: 5),
      ], freight: all),
    Product(
      id: "1005001000000002", title: "Desk lamp, no longer sold", storeID: 1, isOnSale: false,
      skus: [SKU(id: "12000000000000011", attributes: "", price: 1490, stock: 100)], freight: all),
    Product(
      id: "1005001000000003", title: "Sticker, sent untracked only", storeID: 2,
      skus: [SKU(id: "12000000000000021", attributes: "", price: 120, stock: endless)],
      freight: [economy]),
    Product(
      id: "1005001000000004", title: "Backpack, taxed", storeID: 2,
      skus: [
        SKU(
          id: "12000000000000031", attributes: "14:193#Black;5:361386#M", price: 2500, stock: 50,
          tax: 80)
      ], freight: [standard, premium]),
    Product(
      id: "1005001000000005", title: "Phone case, single variant", storeID: 3,
      skus: [SKU(id: "12000000000000041", attributes: "", price: 310, stock: endless)],
      freight: all),
    Product(
      id: "1005001000000006", title: "Kite, sent nowhere", storeID: 3,
      skus: [SKU(id: "12000000000000051", attributes: "", price: 900, stock: 10)], freight: []),
  ]
}

/// US cents as decimal text.
func usd(_ cents: Int64) -> String { Amount(minorUnits: cents, currency: .usd).decimal }
