/// Named values from a query, a form or a multipart body.
enum FormFields {
  /// What query and body say together; the body wins.
  static func merged(_ call: Call) -> [String: String] {
    var fields: [String: String] = [:]
    read(call.query.utf8, into: &fields)
    if let boundary = boundary(of: call.contentType) {
      readMultipart(call.body, boundary: boundary, into: &fields)
    } else if !call.isJSON {
      read(call.body, into: &fields)
    }
    return fields
  }

  /// Reads `a=1&b=two%20words+more`.
  static func read(_ bytes: some Collection<UInt8>, into fields: inout [String: String]) {
    for pair in bytes.split(separator: UInt8(ascii: "&")) {
      let parts = pair.split(
        separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      fields[decode(parts[0])] = parts.count > 1 ? decode(parts[1]) : ""
    }
  }

  /// A value as it stands in a query.
  static func encoded(_ text: String) -> String {
    text.utf8.map { byte in
      switch byte {
      case 48...57, 65...90, 97...122, 45, 46, 95, 126:
        return String(UnicodeScalar(byte))
      default:
        let hex = String(byte, radix: 16, uppercase: true)
        return "%" + (hex.count < 2 ? "0" : "") + hex
      }
    }.joined()
  }

  private static func decode(_ bytes: some Collection<UInt8>) -> String {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var rest = bytes.makeIterator()
    while let byte = rest.next() {
      switch byte {
      case UInt8(ascii: "+"): decoded.append(0x20)
      case UInt8(ascii: "%"):
        guard let high = rest.next().flatMap(hex), let low = rest.next().flatMap(hex) else {
          return String(decoding: decoded, as: UTF8.self)
        }
        decoded.append(high << 4 | low)
      default: decoded.append(byte)
      }
    }
    return String(decoding: decoded, as: UTF8.self)
  }

  private static func hex(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    default: nil
    }
  }

  private static func boundary(of contentType: String) -> String? {
    guard contentType.lowercased().hasPrefix("multipart/form-data"),
      let range = contentType.range(of: "boundary=")
    else { return nil }
    let value = contentType[range.upperBound...].prefix { $0 != ";" }
    return value.trimmingPrefix("\"").split(separator: "\"").first.map(String.init)
  }

  /// Reads the text parts; a part with a file name is a file, which is never signed nor used here.
  /// The line break after the closing delimiter may be missing.
  private static func readMultipart(
    _ body: [UInt8], boundary: String, into fields: inout [String: String]
  ) {
    let text = String(decoding: body, as: UTF8.self).replacing("\r\n", with: "\n")
    for part in text.split(separator: "--\(boundary)") where !part.hasPrefix("--") {
      guard let blank = part.range(of: "\n\n") else { continue }
      let head = part[..<blank.lowerBound]
      guard !head.contains("filename="), let name = head.firstRange(of: "name=\"") else { continue }
      let value = part[blank.upperBound...]
      fields[String(head[name.upperBound...].prefix { $0 != "\"" })] = String(
        value.hasSuffix("\n") ? value.dropLast() : value)
    }
  }
}

extension StringProtocol {
  /// Where a text begins and ends in this one.
  fileprivate func range(of text: String) -> Range<Index>? { firstRange(of: text) }
}
