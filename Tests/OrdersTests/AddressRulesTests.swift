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

  private static let brazil = Address(
    fullName: "Ana Souza", phone: "+5511912345678", line1: "Rua Augusta 1", city: "São Paulo",
    province: "São Paulo", postalCode: "01305-000", country: "BR", taxID: "123.456.789-09")

  private static let arabia = Address(
    fullName: "نورة القحطاني", phone: "+966512345678", line1: "8228 King Fahd Road",
    city: "Riyadh", province: "Riyadh", postalCode: "12313", country: "SA", taxID: "RRRD8228")

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
    Case("BR: no CPF", refused: ["ship_to.tax_id"]) {
      $0 = brazil
      $0.taxID = ""
    },
    Case("BR: CPF") { $0 = brazil },
    Case("BR: a CPF whose check digits do not fit", refused: ["ship_to.tax_id"]) {
      $0 = brazil
      $0.taxID = "123.456.789-08"
    },
    Case("BR: a CPF of one digit", refused: ["ship_to.tax_id"]) {
      $0 = brazil
      $0.taxID = "11111111111"
    },
    Case("BR: city Other", refused: ["ship_to.city"]) {
      $0 = brazil
      $0.city = "other"
    },
    Case("BR: province Other", refused: ["ship_to.province"]) {
      $0 = brazil
      $0.province = "Other"
    },
    Case("BR: postal code of another country", refused: ["ship_to.postal_code"]) {
      $0 = brazil
      $0.postalCode = "94105"
    },
    Case("NZ: letters only", refused: ["ship_to.full_name"]) {
      $0.country = "NZ"
      $0.fullName = "Ada Lovelace 2nd"
    },
    Case("DZ: one name", refused: ["ship_to.full_name"]) {
      $0.country = "DZ"
      $0.fullName = "Ada"
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
    Case("IL") {
      $0.country = "IL"
      $0.taxID = "123456789"
    },
    Case("SA: a fixed line", refused: ["ship_to.phone"]) {
      $0 = arabia
      $0.phone = "+966112345678"
    },
    Case("SA: no national address", refused: ["ship_to.tax_id"]) {
      $0 = arabia
      $0.taxID = "8228RRRD"
    },
    Case("SA: a short street and city", refused: ["ship_to.line1", "ship_to.city"]) {
      $0 = arabia
      ($0.line1, $0.city) = ("King", "R")
    },
    Case("SA: a long postal code", refused: ["ship_to.postal_code"]) {
      $0 = arabia
      $0.postalCode = "12345678901"
    },
    Case("SA") { $0 = arabia },
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

  @Test func `a rule holds from its month on`() {
    var address = Self.arabia
    address.taxID = ""
    for (month, isTaken) in [("2025-11", true), ("2025-12", false), ("2026-01", false)] {
      var fields = Fields()
      let read = AddressRules.check("ship_to", address, &fields, in: month)
      #expect((read != nil) == isTaken, "\(month)")
    }
    let keys = CountryRules.all.map { "\($0.country) \($0.since)" }
    #expect(Set(keys).count == keys.count, "one entry for a country and month")
    #expect(CountryRules.all.allSatisfy { $0.since.wholeMatch(of: #/20\d\d-\d\d/#) != nil })
    #expect(CountryRules.month().wholeMatch(of: #/20\d\d-\d\d/#) != nil)
  }

  @Test func `no address at all names the whole field`() {
    var fields = Fields()
    #expect(AddressRules.check("ship_to", nil, &fields) == nil)
    #expect(fields.refusal.violations.map(\.field) == ["ship_to"])
  }
}
