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
      let lowered = name.lowercased()
      entries.removeAll { $0.name == lowered }
      if let newValue { entries.append(HeaderField(name: lowered, value: newValue)) }
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

  /// Adds a header as it came: HTTP/2 has lowered its name.
  mutating func add(_ field: HeaderField) { entries.append(field) }

  /// The bytes of a `-bin` name, the first of several; nil when absent or not base64.
  public func binary(_ name: String) -> [UInt8]? {
    guard let value = self[name] else { return nil }
    // Whoever passes metadata on may have joined several values by commas.
    var text = String(value.prefix { $0 != "," })
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

extension Metadata {
  /// Names that belong to HTTP/2 and gRPC, not to the caller's metadata.
  static func isReserved(_ name: String) -> Bool {
    if name.utf8.first == UInt8(ascii: ":") { return true }
    return switch name {
    case "content-type", "te", GRPCTimeout.name, "grpc-encoding", "grpc-accept-encoding",
      "user-agent", "content-length", "connection", "host":
      true
    default: false
    }
  }

  /// Whether a value is printable ASCII without spaces at its ends.
  static func canTravel(_ value: String) -> Bool {
    value.utf8.allSatisfy { (0x20...0x7E).contains($0) } && value.utf8.first != UInt8(ascii: " ")
      && value.utf8.last != UInt8(ascii: " ")
  }

  /// What a caller sends must be able to travel.
  ///
  /// - Throws: INVALID_ARGUMENT, naming the header: a name of other than `a-z 0-9 - _ .` or one that
  ///   gRPC uses itself, a value of other than printable ASCII or with a space at an end.
  func check() throws(RPCError) {
    for entry in entries {
      let isName = entry.name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
          UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
          true
        default: false
        }
      }
      guard isName, !entry.name.isEmpty, !Self.isReserved(entry.name) else {
        throw RPCError(.invalidArgument, "metadata cannot have the name \"\(entry.name)\"")
      }
      guard Self.canTravel(entry.value) else {
        throw RPCError(
          .invalidArgument,
          "the value of the metadata \(entry.name) is not printable ASCII without outer spaces")
      }
    }
  }
}
