import Contract

/// An address in a form: its fields, and what they say.
enum AddressFields {
  private struct Part: Sendable {
    let name: String
    let label: String
    let autocomplete: String
    let isRequired: Bool
    let hint: String
    let path: any WritableKeyPath<Address, String> & Sendable

    init(
      _ name: String, _ label: String, _ autocomplete: String, isRequired: Bool = true,
      hint: String = "",
      _ path: any WritableKeyPath<Address, String> & Sendable
    ) {
      self.name = name
      self.label = label
      self.autocomplete = autocomplete
      self.isRequired = isRequired
      self.hint = hint
      self.path = path
    }
  }

  private static let parts = [
    Part("fullName", "Full name", "name", \.fullName),
    Part("phone", "Phone", "tel", hint: "With the country part: +14155550100", \.phone),
    Part("line1", "Street and number", "address-line1", \.line1),
    Part("line2", "Flat or floor", "address-line2", isRequired: false, \.line2),
    Part("city", "City", "address-level2", \.city),
    Part("province", "Province or state", "address-level1", isRequired: false, \.province),
    Part("postalCode", "Postal code", "postal-code", isRequired: false, \.postalCode),
    Part("country", "Country", "country", hint: "Two letters, such as US", \.country),
    Part(
      "taxId", "Tax number", "off", isRequired: false, hint: "Where the country asks for one",
      \.taxID),
  ]

  static func fields(_ address: Address, _ sent: SentForm?) -> [FormField] {
    parts.map { part in
      FormField(
        "shipTo.\(part.name)", part.label, .line(autocomplete: part.autocomplete),
        value: address[keyPath: part.path], hint: part.hint, isRequired: part.isRequired, sent: sent
      )
    }
  }

  static func address(_ form: Form) -> Address {
    var address = Address()
    for part in parts { address[keyPath: part.path] = form.text("shipTo.\(part.name)") }
    address.country = address.country.uppercased()
    return address
  }
}
