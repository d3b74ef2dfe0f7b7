import Foundation

/// One header as it travels.
struct HeaderField: Sendable, Hashable {
  var name: String
  var value: String
}

/// The headers that travel with a call besides gRPC's own. Names are lower case; several values of
/// one name keep their order. Values of names that end in `-bin` are bytes.
public struct Metadata: Sendable, Hashable, ExpressibleByDictionaryLiteral {
  private(set) var entries: [HeaderField] = []

  public init() {}

  public init(dictionaryLiteral elements: (String, String)...) {
    for (name, value) in elements { add(name, value) }
  }

  public var isEmpty: Bool { entries.isEmpty }

  /// The first value; setting replaces all values of the name, nil removes them.
  public subscript(name: String) -> String? {
    get { entries.first { $0.name == name }?.value }
    set {
      entries.removeAll { $0.name == name }
      if let newValue { add(name, newValue) }
    }
  }

  /// All values of a name, in order.
  public func all(_ name: String) -> [String] {
    entries.filter { $0.name == name }.map(\.value)
  }

  /// Adds a value after those that the name has. The name is lowered.
  public mutating func add(_ name: String, _ value: String) {
    entries.append(HeaderField(name: name.lowercased(), value: value))
  }

  /// The bytes of a `-bin` name; nil when absent or not base64.
  public func binary(_ name: String) -> [UInt8]? {
    guard var text = self[name] else { return nil }
    while text.utf8.count % 4 != 0 { text += "=" }
    return Data(base64Encoded: text).map { [UInt8]($0) }
  }

  /// Adds bytes under a `-bin` name, in base64 without padding as gRPC sends them.
  public mutating func addBinary(_ name: String, _ bytes: [UInt8]) {
    precondition(name.hasSuffix("-bin"), "binary metadata names end in -bin")
    let text = Data(bytes).base64EncodedString()
    add(name, text.replacingOccurrences(of: "=", with: ""))
  }
}
