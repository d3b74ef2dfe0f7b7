import Contract

/// An address in the fields of the shop's form. Pure.
enum ShopAddress {
  /// The form's text fields with what goes into them; the country is chosen from a list.
  static func fields(_ address: Address) -> [(element: ShopProfile.Element, text: String)] {
    let phone = CallingCode.split(address.phone, country: address.country)
    let fields: [(ShopProfile.Element, String)] = [
      (.receiver, address.fullName), (.phoneCountry, phone.code), (.phone, phone.number),
      (.line1, address.line1), (.line2, address.line2), (.city, address.city),
      (.province, address.province.isEmpty ? address.city : address.province),
      (.postalCode, address.postalCode), (.taxID, address.taxID),
    ]
    return fields.map { (element: $0.0, text: $0.1.trimmed) }
  }

  /// What of the address a shown text does not contain, as the name of a field; nil when it is all
  /// there.
  static func lacking(in shown: String, _ address: Address) -> String? {
    let shown = plain(shown)
    return parts(address).first { !shown.contains(plain($0.text)) }?.name
  }

  /// Whether an order of the list went to this receiver and address.
  static func isSame(_ order: ListedOrder, _ address: Address) -> Bool {
    guard plain(order.receiver) == plain(address.fullName) else { return false }
    let shown = plain(order.address)
    return parts(address).filter { $0.name != "full_name" }.allSatisfy {
      shown.contains(plain($0.text))
    }
  }

  private static func parts(_ address: Address) -> [(name: String, text: String)] {
    [
      ("full_name", address.fullName), ("line1", address.line1), ("line2", address.line2),
      ("city", address.city), ("province", address.province),
      ("postal_code", address.postalCode), ("country", address.country),
    ]
  }

  /// Letters and digits alone, in small letters: pages differ in blanks and commas.
  private static func plain(_ text: String) -> String {
    text.lowercased().filter { $0.isLetter || $0.isNumber }
  }
}
