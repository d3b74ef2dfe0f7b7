import Contract

/// A parameter after the question mark of a route.
public struct QueryField: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    case text
    /// A whole number from 0.
    case number(max: Int64)
    case choice([String])
  }

  public let name: String
  public let kind: Kind
  /// For the interface's description.
  public let text: String

  static let userID = QueryField(
    name: "userId", kind: .number(max: .max),
    text: "The reseller. A reseller need not say it; an administrator may leave it out for all.")
  static let environment = QueryField(
    name: "environment", kind: .choice(["sandbox", "production"]),
    text: "Of the two worlds; absent: the gateway's own.")
  static let currency = QueryField(
    name: "currency", kind: .text, text: "ISO 4217; absent: USD.")
  static let account = QueryField(
    name: "account", kind: .text,
    text: "Such as reseller:42 or paypal; absent for a reseller: his own.")
  static let pageSize = QueryField(
    name: "pageSize", kind: .number(max: 500), text: "1 to 500; absent: 50.")
  static let pageToken = QueryField(
    name: "pageToken", kind: .text, text: "nextPageToken of the page before.")
  static let page = [pageSize, pageToken]

  static func text(_ name: String, _ text: String) -> QueryField {
    QueryField(name: name, kind: .text, text: text)
  }

  /// An enum's values by their short names.
  static func state<State: ContractEnum>(_ type: State.Type) -> QueryField {
    let values = State.allKnown.dropFirst().map(\.shortName)
    return QueryField(name: "state", kind: .choice(values), text: "Only in this state.")
  }
}
