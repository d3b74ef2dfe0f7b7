/// Whether the supplier takes an order, decided before anything changes.
enum PlacementRules {
  typealias Refusal = Supplier.Refusal

  /// The lines of the order to be.
  static func lines(_ order: PlaceOrder, _ catalogue: Catalogue) throws(Refusal)
    -> [Supplier.PlannedLine]
  {
    if let fault = AddressRules.fault(
      of: order.address, nationalAddress: order.nationalAddress)
    {
      throw Refusal(code: "B_DROPSHIPPER_DELIVERY_ADDRESS_VALIDATE_FAIL", message: fault)
    }
    let country = order.address["country"]?.text ?? ""
    var lines: [Supplier.PlannedLine] = []
    for item in order.items { lines.append(try line(item, country, catalogue)) }
    return lines
  }

  /// The goods on one order and their shipping on another, as when items are sent apart.
  static func split(_ lines: [Supplier.PlannedLine]) -> [Supplier.PlannedLine] {
    lines.flatMap { planned in
      [
        .init(storeID: planned.storeID, line: planned.line.with(count: planned.line.count, 0)),
        .init(storeID: -planned.storeID, line: planned.line.with(count: 0, planned.line.shipping)),
      ]
    }
  }

  static func line(_ item: PlaceOrder.Item, _ country: String, _ catalogue: Catalogue)
    throws(Refusal) -> Supplier.PlannedLine
  {
    guard let product = catalogue.product(item.productID) else {
      throw Refusal(code: "PRODUCT_NOT_EXIST", message: "The product does not exist")
    }
    guard product.isOnSale else {
      throw Refusal(
        code: "A001_ORDER_CANNOT_BE_PLACED", message: "The order cannot be placed")
    }
    guard
      let sku = product.skus.first(where: {
        SKU.withoutLabels($0.attributes) == item.skuAttributes
          || (item.skuAttributes.isEmpty && product.skus.count == 1)
      })
    else { throw Refusal(code: "SKU_NOT_EXIST", message: "The SKU does not exist") }
    guard sku.stock >= item.count else {
      throw Refusal(code: "INVENTORY_HOLD_ERROR", message: "The stock is insufficient")
    }
    let options = product.freight.filter { $0.countries.contains(country) }
    let freight =
      item.freightCode.isEmpty
      ? options.min { $0.fee < $1.fee } : options.first { $0.code == item.freightCode }
    guard let freight else {
      throw Refusal(
        code: "DELIVERY_METHOD_NOT_EXIST", message: "The delivery method does not exist")
    }
    return Supplier.PlannedLine(
      storeID: product.storeID,
      line: SupplierOrder.Line(
        productID: product.id, skuID: sku.id, title: product.title, count: item.count,
        price: sku.price, shipping: freight.fee, tax: sku.tax, freight: freight))
  }
}

extension SupplierOrder.Line {
  fileprivate func with(count: Int64, _ shipping: Int64) -> SupplierOrder.Line {
    SupplierOrder.Line(
      productID: productID, skuID: skuID, title: title, count: count, price: price,
      shipping: shipping, tax: tax, freight: freight)
  }
}
