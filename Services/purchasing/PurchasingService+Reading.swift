import Contract
import Money
import Runtime

/// Requests that ask for goods, read once at the border.
extension PurchasingService {
  static let quantityMax: Int32 = 1000
  /// The vendor's own fields are shorter; what it finds too long it says.
  static let addressBytesMax = 256
  /// More generations than any order lives to see.
  static let generationMax: Int32 = 1000

  func read(_ request: PlacePurchaseRequest) throws(InvalidFields) -> PurchaseContent {
    var fields = Fields()
    let orderID = fields.id("order_id", request.orderID)
    let userID = fields.userID(request.userID)
    let environment = fields.environment(request.environment)
    let product = fields.product(request.productURL, request.skuID, request.quantity)
    fields.check(request.shipTo)
    let ceiling = fields.amount("cost_ceiling", request.costCeiling, .positive)
    if !(1...Self.generationMax).contains(request.generation) {
      fields.reject(
        "generation", "is \(request.generation); it must be 1 for the first, one more for the next")
    }
    try fields.finish()
    guard let orderID, let userID, let environment, let product, let shipTo = request.shipTo,
      let ceiling
    else { throw fields.refusal }
    return PurchaseContent(
      orderID: orderID, generation: Int(request.generation), userID: userID,
      environment: environment, productURL: request.productURL, productID: product,
      skuID: request.skuID, quantity: Int(request.quantity), shipTo: shipTo, ceiling: ceiling)
  }

  func read(_ request: QuoteRequest) throws(InvalidFields) -> QuoteWish {
    var fields = Fields()
    _ = fields.userID(request.userID)
    _ = fields.environment(request.environment)
    let product = fields.product(request.productURL, request.skuID, request.quantity)
    fields.check(request.shipTo)
    try fields.finish()
    guard let product, let shipTo = request.shipTo else { throw fields.refusal }
    return QuoteWish(
      productID: product, skuID: request.skuID, quantity: Int(request.quantity), shipTo: shipTo,
      currency: PurchaseRules.payCurrency, ceiling: nil)
  }
}

extension Fields {
  /// Checks what is to be bought.
  ///
  /// - Returns: the supplier's product id, from a URL such as
  ///   `https://www.aliexpress.com/item/1005001000000001.html`.
  fileprivate mutating func product(_ url: String, _ skuID: String, _ quantity: Int32) -> String? {
    if !AliExpressReading.isID(skuID) {
      reject("sku_id", "is \"\(Self.shown(skuID))\"; it must be the variant's number")
    }
    if !(1...PurchasingService.quantityMax).contains(quantity) {
      reject("quantity", "is \(quantity); it must be 1 to \(PurchasingService.quantityMax)")
    }
    return productPage("product_url", url)
  }

  /// Checks where the goods go: nothing is sent to a place that is not whole.
  fileprivate mutating func check(_ address: Address?) {
    guard let address else {
      reject("ship_to", "is missing; the buyer's address is needed")
      return
    }
    let parts = [
      ("full_name", address.fullName, true), ("phone", address.phone, true),
      ("line1", address.line1, true), ("line2", address.line2, false),
      ("city", address.city, true), ("province", address.province, false),
      ("postal_code", address.postalCode, false), ("tax_id", address.taxID, false),
    ]
    for (name, text, isRequired) in parts {
      if isRequired && text.allSatisfy(\.isWhitespace) {
        reject("ship_to.\(name)", "is empty")
      } else if text.utf8.count > PurchasingService.addressBytesMax {
        reject(
          "ship_to.\(name)",
          "has \(text.utf8.count) bytes; it must have at most \(PurchasingService.addressBytesMax)")
      }
    }
    let isCountry =
      address.country.utf8.count == 2
      && address.country.utf8.allSatisfy { (65...90).contains($0) }
    if !isCountry {
      reject(
        "ship_to.country",
        "is \"\(Self.shown(address.country))\"; it must be two capital letters such as US")
    }
  }
}
