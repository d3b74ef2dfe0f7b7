import Contract
import RPC
import Runtime
import Support
import Testing

@testable import Orders

/// Which addresses goods can be sent to.
@Suite struct AddressRulesTests {
  /// Fields of a complete address that are changed, and the fields that are refused then.
  struct Case: Sendable {
    let name: String
    let change: @Sendable (inout Address) -> Void
    let refused: [String]

    init(
      _ name: String, refused: [String] = [],
      _ change: @escaping @Sendable (inout Address) -> Void
    ) {
      self.name = name
      self.refused = refused
      self.change = change
    }
  }

  private static let spain = Address(
    fullName: "Ana García", phone: "+34612345678", line1: "Calle Mayor 1", city: "Madrid",
    province: "Madrid", postalCode: "28013", country: "ES")

  static let cases = [
    Case("as it is") { _ in },
    Case(
      "empty",
      refused: [
        "ship_to.full_name", "ship_to.phone", "ship_to.line1", "ship_to.city", "ship_to.province",
        "ship_to.postal_code", "ship_to.country",
      ]
    ) { $0 = Address() },
    Case("no phone", refused: ["ship_to.phone"]) { $0.phone = "" },
    Case("phone without country part", refused: ["ship_to.phone"]) { $0.phone = "4155550100" },
    Case("phone with words", refused: ["ship_to.phone"]) { $0.phone = "+1 call me" },
    Case("phone with punctuation") { $0.phone = "+1 (415) 555-0100" },
    Case("phone too short", refused: ["ship_to.phone"]) { $0.phone = "+12" },
    Case("no such country", refused: ["ship_to.country"]) { $0.country = "XX" },
    Case("country in small letters", refused: ["ship_to.country"]) { $0.country = "us" },
    Case("country by name", refused: ["ship_to.country"]) { $0.country = "United States" },
    Case("control character", refused: ["ship_to.city"]) { $0.city = "San\nFrancisco" },
    Case("blank", refused: ["ship_to.city"]) { $0.city = " " },
    Case("too long", refused: ["ship_to.line2"]) {
      $0.line2 = String(repeating: "x", count: 257)
    },
    Case("US: one name", refused: ["ship_to.full_name"]) { $0.fullName = "Ada" },
    Case("US: long name", refused: ["ship_to.full_name"]) {
      $0.fullName = "Ada " + String(repeating: "L", count: 29)
    },
    Case("US: short street", refused: ["ship_to.line1"]) { $0.line1 = "1 M" },
    Case("US: long street", refused: ["ship_to.line1"]) {
      $0.line1 = String(repeating: "x", count: 36)
    },
    Case("US: province Other", refused: ["ship_to.province"]) { $0.province = "Other" },
    Case("ES") { $0 = spain },
    Case("ES: eight digits", refused: ["ship_to.phone"]) {
      $0 = spain
      $0.phone = "+3461234567"
    },
    Case("ES: a number of another country", refused: ["ship_to.phone"]) {
      $0 = spain
      $0.phone = "+33612345678"
    },
    Case("AU: letters only", refused: ["ship_to.full_name"]) {
      $0.country = "AU"
      $0.fullName = "Ana García"
    },
    Case("ZA: one name", refused: ["ship_to.full_name"]) {
      $0.country = "ZA"
      $0.fullName = "Ada"
    },
    Case("BR: no CPF", refused: ["ship_to.tax_id"]) { $0.country = "BR" },
    Case("BR: CPF") {
      $0.country = "BR"
      $0.taxID = "123.456.789-09"
    },
    Case("BR: city Other", refused: ["ship_to.city"]) {
      $0.country = "BR"
      $0.taxID = "12345678909"
      $0.city = "other"
    },
    Case("MX: long second line", refused: ["ship_to.line2"]) {
      $0.country = "MX"
      $0.line2 = String(repeating: "x", count: 61)
    },
    Case("AR: nine digits and no tax id", refused: ["ship_to.phone", "ship_to.tax_id"]) {
      $0.country = "AR"
      $0.phone = "+54123456789"
    },
    Case("AR") {
      $0.country = "AR"
      $0.phone = "+541123456789"
      $0.taxID = "20-12345678-6"
    },
    Case("IL: eight digits", refused: ["ship_to.tax_id"]) {
      $0.country = "IL"
      $0.taxID = "12345678"
    },
    Case("SA: a fixed line", refused: ["ship_to.phone"]) {
      $0.country = "SA"
      $0.phone = "+966112345678"
    },
    Case("SA") {
      $0.country = "SA"
      $0.phone = "+966512345678"
    },
    Case("HK has neither postal code nor province") {
      $0.country = "HK"
      $0.postalCode = ""
      $0.province = ""
    },
  ]

  @Test func `every rule names the field that breaks it, and no other`() {
    for one in Self.cases {
      var address = Shop.address
      one.change(&address)
      var fields = Fields()
      let read = AddressRules.check("ship_to", address, &fields)
      #expect((read == nil) == !one.refused.isEmpty, "\(one.name)")
      #expect(fields.refusal.violations.map(\.field) == one.refused, "\(one.name)")
    }
  }

  @Test func `no address at all names the whole field`() {
    var fields = Fields()
    #expect(AddressRules.check("ship_to", nil, &fields) == nil)
    #expect(fields.refusal.violations.map(\.field) == ["ship_to"])
  }
}
