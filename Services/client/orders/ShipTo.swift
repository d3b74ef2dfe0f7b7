import ArgumentParser
import Contract
import RPC

/// Where the goods go, as typed: a file, the built-in example, single parts, or a file with some
/// parts replaced. Whether the address will do, `orders` says.
struct ShipTo: ParsableArguments {
  static let exampleWord = "us-example"
  static let example = Address(
    fullName: "Ada Lovelace", phone: "+14155550100", line1: "1 Market Street", line2: "",
    city: "San Francisco", province: "California", postalCode: "94105", country: "US", taxID: "")

  @Option(
    help: ArgumentHelp(
      "us-example, a JSON file such as {\"fullName\": ..., \"country\": \"US\"}, or - for stdin.",
      valueName: "address"))
  var shipTo: String?
  @Option(help: "The receiver's full name.") var name: String?
  @Option(help: "With the country part, such as +14155550100.") var phone: String?
  @Option(help: "Street and number.") var line1: String?
  @Option(help: "Flat, floor.") var line2: String?
  @Option(help: "City.") var city: String?
  @Option(help: "Province or state.") var province: String?
  @Option(help: "Postal code.") var postalCode: String?
  @Option(help: "ISO 3166-1 alpha-2, such as US.") var country: String?
  @Option(help: "CPF, RUT and the like.") var taxId: String?

  /// The address; nil when nothing was given.
  func address() throws(Complaint) -> Address? {
    let parts = [
      shipTo, name, phone, line1, line2, city, province, postalCode, country, taxId,
    ]
    guard parts.contains(where: { $0 != nil }) else { return nil }
    var address = try shipTo.map { text throws(Complaint) in try Self.read(text) } ?? Address()
    if let name { address.fullName = name }
    if let phone { address.phone = phone }
    if let line1 { address.line1 = line1 }
    if let line2 { address.line2 = line2 }
    if let city { address.city = city }
    if let province { address.province = province }
    if let postalCode { address.postalCode = postalCode }
    if let country { address.country = country }
    if let taxId { address.taxID = taxId }
    return address
  }

  private static func read(_ text: String) throws(Complaint) -> Address {
    if text == exampleWord { return example }
    let json: String
    do {
      json = try Typed.file(text)
    } catch {
      throw Complaint(
        .notFound, "--ship-to: \(error.text); give \(exampleWord) or a JSON file with an address")
    }
    do throws(ContractError) {
      return try Address(json: json)
    } catch {
      throw Complaint(.usage, "--ship-to: \(text) is no address: \(error.rpcError.message)")
    }
  }
}
