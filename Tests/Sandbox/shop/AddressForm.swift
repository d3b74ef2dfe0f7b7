/// The form for a new address, closed until it is asked for or was wrong.
struct AddressForm: Sendable {
  let draft: Int64
  let address: ShopAddress
  /// In the supplier's words; empty when nothing is wrong.
  let fault: String

  /// Countries of the form by code.
  static let countries = [
    ("AT", "Austria"), ("AU", "Australia"), ("BE", "Belgium"), ("BR", "Brazil"), ("CA", "Canada"),
    ("CH", "Switzerland"), ("CL", "Chile"), ("CZ", "Czechia"), ("DE", "Germany"),
    ("DK", "Denmark"), ("DZ", "Algeria"), ("ES", "Spain"), ("FI", "Finland"), ("FR", "France"),
    ("GB", "United Kingdom"), ("GR", "Greece"), ("HU", "Hungary"), ("IE", "Ireland"),
    ("IL", "Israel"), ("IN", "India"), ("IT", "Italy"), ("JP", "Japan"), ("KR", "Korea"),
    ("MX", "Mexico"), ("NL", "Netherlands"), ("NO", "Norway"), ("NZ", "New Zealand"),
    ("PL", "Poland"), ("PT", "Portugal"), ("RO", "Romania"), ("SA", "Saudi Arabia"),
    ("SE", "Sweden"), ("SG", "Singapore"), ("SK", "Slovakia"), ("TR", "Turkey"),
    ("UA", "Ukraine"), ("US", "United States"), ("ZA", "South Africa"),
  ]

  var html: HTML {
    let notice: HTML = fault.isEmpty ? "" : "<p class=\"address-error notice\">\(fault)</p>"
    return """
      <form id="address-form" method="post" action="/shop/address"\(fault.isEmpty ? " hidden" : "")>
      \(notice)
      <input type="hidden" name="checkout" value="\(draft)">
      <div class="fields">
      \(field("Contact name", "contactPerson", address.contactPerson))
      \(field("Country code of the phone", "phoneCountry", address.phoneCountry))
      \(field("Mobile number", "mobileNo", address.mobileNo))
      \(field("Street, house", "address", address.address))
      \(field("Apartment, suite", "address2", address.address2))
      \(field("City", "city", address.city))
      \(field("State, province", "province", address.province))
      <label>Country <select name="country"><option value="">Please select</option>
      \(Self.countries.map(option))</select></label>
      \(field("Zip code", "zip", address.zip))
      \(field("CPF (Brazil)", "cpf", address.cpf))
      </div>
      <button class="main" id="save-address">Save and use this address</button>
      </form>
      """
  }

  private func field(_ label: String, _ name: String, _ value: String) -> HTML {
    "<label>\(label) <input name=\"\(name)\" value=\"\(value)\" autocomplete=\"off\"></label>"
  }

  private func option(_ country: (code: String, name: String)) -> HTML {
    let selected = country.code == address.country ? " selected" : ""
    return "<option value=\"\(country.code)\"\(selected)>\(country.name)</option>\n"
  }
}
