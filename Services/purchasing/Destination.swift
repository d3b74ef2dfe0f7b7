import Contract

/// Where an order of the supplier goes, as far as the supplier tells. Pure.
struct Destination: Hashable, Sendable {
  /// The parts that are told, by the names of `Address`.
  let parts: [String: String]

  /// Nil when nothing is told. A part that is hidden in part, such as `A***`, is not told.
  init?(_ parts: [String: String]) {
    let told = parts.filter { !Self.plain($0.value).isEmpty && !$0.value.contains("*") }
    if told.isEmpty { return nil }
    self.parts = told
  }

  /// A part that is told and is not the address's; nil when there is none.
  func contradiction(to address: Address) -> String? {
    let own = [
      "full_name": address.fullName, "line1": address.line1, "line2": address.line2,
      "city": address.city, "postal_code": address.postalCode, "country": address.country,
      // The form of the order puts the city in the place of a missing province.
      "province": address.province.isEmpty ? address.city : address.province,
    ]
    return parts.keys.sorted().first { name in
      own[name].map { Self.plain($0) != Self.plain(parts[name] ?? "") } ?? false
    }
  }

  /// Letters and digits alone, in small letters.
  private static func plain(_ text: String) -> String {
    text.lowercased().filter { $0.isLetter || $0.isNumber }
  }
}
