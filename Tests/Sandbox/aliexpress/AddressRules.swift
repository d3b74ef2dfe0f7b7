/// The supplier's rules for a delivery address in a country.
enum AddressRules {
  /// What is wrong with an address, in the supplier's words; nil when nothing is.
  ///
  /// - Parameter nationalAddress: comes apart from the others.
  static func fault(of address: JSON, nationalAddress: String = "") -> String? {
    func text(_ name: String) -> String { address[name]?.text ?? "" }
    guard text("country").count == 2 else { return "Please select a Country" }
    guard !text("city").isEmpty else { return "Please enter a City" }
    guard !text("province").isEmpty else { return "Please select a State/Province/County" }
    guard !text("address").isEmpty else { return "Please enter an Address" }
    let name = text("full_name")
    let phone = text("mobile_no")
    switch text("country") {
    case "US":
      for name in [name, text("contact_person")] {
        guard (2...32).contains(name.count) else { return "Please enter between 2 - 32 characters" }
        guard name.contains(" ") else { return "Please enter first name and last name" }
      }
      guard (5...35).contains(text("address").count) else {
        return "Please enter between 5 - 35 characters"
      }
      guard text("province") != "Other" else { return "Please select a State/Province/County" }
      guard isPhone(phone, 7...13) else { return "Phone Number should contain 7-13 digits" }
    case "AU", "NZ":
      guard (2...128).contains(name.count), name.contains(" "),
        name.allSatisfy({ $0 == " " || ($0.isASCII && $0.isLetter) })
      else { return "Please enter first name and last name in letters A-Z" }
    case "DZ", "ZA":
      guard name.contains(" ") else { return "Please enter first name and last name" }
    case "ES":
      guard isPhone(phone, 9...9) else { return "Phone Number should contain 9 digits" }
    case "MX":
      guard text("address2").count <= 60 else { return "Please enter at most 60 characters" }
    default: return numberFault(of: address, nationalAddress: nationalAddress)
    }
    return nil
  }

  /// The same of the countries that ask for a number of the buyer's.
  private static func numberFault(of address: JSON, nationalAddress: String) -> String? {
    func text(_ name: String) -> String { address[name]?.text ?? "" }
    let phone = text("mobile_no")
    switch text("country") {
    case "BR":
      guard text("cpf").count(where: \.isNumber) == 11 else { return "Please enter a valid CPF" }
      guard text("zip").count(where: \.isNumber) == 8 else {
        return "Please enter a valid zip code"
      }
      guard !["city", "province"].contains(where: { text($0) == "Other" }) else {
        return "Please select a State/Province/County"
      }
    case "AR", "IL":
      let isArgentine = text("country") == "AR"
      guard !isArgentine || isPhone(phone, 10...10) else {
        return "Phone Number should contain 10 digits"
      }
      let digits = isArgentine ? 11 : 9
      for name in ["passport_no", "foreigner_passport_no"] {
        guard text(name).count(where: \.isNumber) == digits else {
          return "Please enter a valid identity number"
        }
      }
      guard text("is_foreigner") == "false" else { return "Please enter a valid identity number" }
    case "SA":
      guard isPhone(phone, 9...9), phone.first == "5" else {
        return "Phone Number should contain 9 digits"
      }
      guard nationalAddress.wholeMatch(of: #/[A-Za-z]{4}[0-9]{4}/#) != nil else {
        return "Please enter the 8-character national address"
      }
    default: break
    }
    return nil
  }

  private static func isPhone(_ text: String, _ digits: ClosedRange<Int>) -> Bool {
    digits.contains(text.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }
}
