/// Where an order of the shop goes to.
struct ShopAddress: Sendable {
  var contactPerson = ""
  var phoneCountry = ""
  var mobileNo = ""
  var address = ""
  var address2 = ""
  var city = ""
  var province = ""
  var country = ""
  var zip = ""
  var cpf = ""

  /// As the supplier's interface has it, which has the same rules.
  var json: JSON {
    [
      "contact_person": .string(contactPerson), "full_name": .string(contactPerson),
      "phone_country": .string(phoneCountry), "mobile_no": .string(mobileNo),
      "address": .string(address), "address2": .string(address2), "city": .string(city),
      "province": .string(province), "country": .string(country), "zip": .string(zip),
      "cpf": .string(cpf),
    ]
  }

  /// An address on one line, without the name.
  static func line(_ address: JSON) -> String {
    func text(_ name: String) -> String { address[name]?.text ?? "" }
    let place = text("province") + (text("zip").isEmpty ? "" : " " + text("zip"))
    return [text("address"), text("address2"), text("city"), place, text("country")]
      .filter { !$0.isEmpty }.joined(separator: ", ")
  }
}

extension ShopAddress {
  /// Reads the form's fields, without the blanks around them.
  init(_ fields: [String: String]) {
    func text(_ name: String) -> String { (fields[name] ?? "").trimmed }
    self.init(
      contactPerson: text("contactPerson"), phoneCountry: text("phoneCountry"),
      mobileNo: text("mobileNo"), address: text("address"), address2: text("address2"),
      city: text("city"), province: text("province"), country: text("country"), zip: text("zip"),
      cpf: text("cpf"))
  }
}

extension String {
  fileprivate var trimmed: String {
    let start = drop { $0.isWhitespace }
    return String(start.reversed().drop { $0.isWhitespace }.reversed())
  }
}
