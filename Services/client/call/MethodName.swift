import Contract
import RPC

/// Finds a service and a method by what a person typed: short or full names, any case. What is not
/// found is answered with the names that come closest.
struct MethodName {
  let services: [ServiceDescription]

  init(services: [ServiceDescription] = ContractCatalogue.services) { self.services = services }

  func service(_ text: String) throws(Complaint) -> ServiceDescription {
    let wanted = text.lowercased()
    let found = services.first {
      $0.shortName.lowercased() == wanted || $0.fullName.lowercased() == wanted
    }
    if let found { return found }
    throw Complaint(
      .usage,
      "there is no service \"\(text)\"; "
        + Self.hint(text, among: services.map(\.shortName), list: "dropwire call --list"))
  }

  func method(_ text: String, of service: ServiceDescription) throws(Complaint)
    -> MethodDescription
  {
    let wanted = text.lowercased()
    if let found = service.methods.first(where: { $0.name.lowercased() == wanted }) {
      return found
    }
    let elsewhere = services.filter { other in
      other.methods.contains { $0.name.lowercased() == wanted }
    }
    if let other = elsewhere.first {
      throw Complaint(
        .usage,
        "\(service.shortName) has no method \"\(text)\"; \(other.shortName) has it")
    }
    throw Complaint(
      .usage,
      "\(service.shortName) has no method \"\(text)\"; "
        + Self.hint(
          text, among: service.methods.map(\.name), list: "dropwire call \(service.shortName)"))
  }

  private static func hint(_ text: String, among names: [String], list command: String) -> String {
    let close = Similarity.closest(to: text, among: names)
    return close.isEmpty
      ? "\(command) shows all" : "did you mean \(close.joined(separator: " or "))?"
  }
}

/// How alike two words are.
enum Similarity {
  /// At most so many names are proposed.
  static let namesMax = 3

  /// The names within reach of a typing error, the closest first.
  static func closest(to text: String, among names: [String]) -> [String] {
    let reach = max(2, text.count / 3)
    let ranked = names.map { (name: $0, distance: distance($0.lowercased(), text.lowercased())) }
    let isPart = { (name: String) in
      text.count >= 3 && name.lowercased().contains(text.lowercased())
    }
    return ranked.filter { $0.distance <= reach || isPart($0.name) }
      .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
      .prefix(namesMax).map(\.name)
  }

  /// How many letters must be put in, taken out or changed.
  static func distance(_ first: String, _ second: String) -> Int {
    let (first, second) = (Array(first), Array(second))
    var row = Array(0...second.count)
    for (index, letter) in first.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for column in second.indices {
        let change = diagonal + (letter == second[column] ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(change, diagonal + 1, row[column] + 1)
      }
    }
    return row[second.count]
  }
}
