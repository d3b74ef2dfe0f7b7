extension Fields {
  /// Reads the address of a product's page at AliExpress, such as
  /// `https://www.aliexpress.com/item/1005001000000001.html`.
  ///
  /// - Returns: the supplier's product id.
  public mutating func productPage(_ field: String, _ url: String) -> String? {
    if url.utf8.count <= Self.textBytesMax, let productID = Self.productID(url) { return productID }
    reject(
      field,
      "is \"\(Self.shown(url))\"; it must be a product's page such as "
        + "https://www.aliexpress.com/item/1005001000000001.html")
    return nil
  }

  /// The id in `https://HOST/item/[NAME/]ID[.html][?...]`, where the host is one of AliExpress'.
  private static func productID(_ url: String) -> String? {
    guard let scheme = ["https://", "http://"].first(where: { url.hasPrefix($0) }) else {
      return nil
    }
    let address = url.dropFirst(scheme.count).prefix { $0 != "?" && $0 != "#" }
    let parts = address.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 3 || parts.count == 4, parts[1] == "item", isAliExpress(parts[0]) else {
      return nil
    }
    var id = parts[parts.count - 1]
    if id.hasSuffix(".html") { id = id.dropLast(5) }
    let isID = (1...20).contains(id.utf8.count) && id.utf8.allSatisfy { (48...57).contains($0) }
    return isID ? String(id) : nil
  }

  /// `aliexpress.com`, `www.aliexpress.us` and the like.
  private static func isAliExpress(_ host: Substring) -> Bool {
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    guard labels.count >= 2, labels[labels.count - 2] == "aliexpress" else { return false }
    return host.utf8.allSatisfy { byte in
      (97...122).contains(byte) || (48...57).contains(byte) || byte == 45 || byte == 46
    }
  }
}
