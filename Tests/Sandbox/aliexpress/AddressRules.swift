/// The supplier's rules for a delivery address in a country.
enum AddressRules {
  /// What is wrong with an address, in the supplier's words; nil when nothing is.
  static func fault(of address: JSON) -> String? {
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
    default: break
    }
    return nil
  }

  private static func isPhone(_ text: String, _ digits: ClosedRange<Int>) -> Bool {
    digits.contains(text.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }
}
