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
    Similarity.hint(text, among: names, list: command)
  }
}
