extension ContractMessage {
  /// The message as JSON, by protobuf's mapping: names in camel case, 64-bit numbers as strings,
  /// bytes in base 64, times as RFC 3339, enums by name; fields at their default are left out.
  public func json(pretty: Bool = false) -> String {
    jsonValue(.plain).text(pretty: pretty)
  }

  /// Reads JSON by the same mapping; names may also be spelled as in the .proto file.
  ///
  /// - Throws: `ContractError` with the path to what is wrong, as it was written.
  public init(json: String) throws(ContractError) {
    do { try self.init(jsonValue: JSONValue.reading(json)) } catch {
      throw error.of(Self.messageName)
    }
  }

  /// JSON with every field at its default.
  static var jsonTemplate: String { empty?.jsonValue(.template).text(pretty: true) ?? "{}" }

  /// The message in which nothing is set.
  static var empty: Self? { try? Self(from: JSONFieldReader([], layout)) }
}
