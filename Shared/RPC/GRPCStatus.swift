import Foundation

/// The status of a call as trailers.
enum GRPCStatus {
  static let statusName = "grpc-status"
  static let messageName = "grpc-message"
  static let detailsName = "grpc-status-details-bin"
  /// Longer messages are cut: they travel in a header block, which is limited.
  static let messageBytesMax = 1024

  static let ok = [HeaderField(name: statusName, value: "0")]

  static func trailers(_ error: RPCError) -> [HeaderField] {
    var fields = [
      HeaderField(name: statusName, value: String(error.code.rawValue)),
      HeaderField(name: messageName, value: percentEncoded(error.message)),
    ]
    if error.reason != nil || !error.violations.isEmpty {
      let details = Data(StatusDetails.encode(error)).base64EncodedString()
      fields.append(
        HeaderField(
          name: detailsName, value: details.replacingOccurrences(of: "=", with: "")))
    }
    return fields
  }

  /// Nil for OK. Trailers without a status are UNKNOWN, as gRPC says.
  static func error(_ trailers: [HeaderField]) -> RPCError? {
    let status = trailers.last { $0.name == statusName }?.value
    if status == "0" { return nil }
    guard let number = status.flatMap({ Int($0) }) else {
      return RPCError(.unknown, "the answer ended without a \(statusName)")
    }
    var metadata = Metadata()
    for field in trailers { metadata.add(field) }
    var error = RPCError(
      StatusCode(rawValue: number) ?? .unknown, percentDecoded(metadata[messageName] ?? ""))
    if let details = metadata.binary(detailsName) { StatusDetails.decode(details, into: &error) }
    return error
  }

  /// The text up to a number of bytes, without a broken character at its end.
  static func cut(_ text: String, bytesMax: Int) -> Substring {
    guard text.utf8.count > bytesMax else { return text[...] }
    var end = text.utf8.index(text.startIndex, offsetBy: bytesMax)
    while end.samePosition(in: text.unicodeScalars) == nil { end = text.utf8.index(before: end) }
    return text[..<end]
  }

  /// Bytes outside printable ASCII, and `%`, as `%XX`. So are spaces at the ends, which HTTP/2 does
  /// not allow there.
  static func percentEncoded(_ text: String) -> String {
    let bytes = Array(cut(text, bytesMax: messageBytesMax).utf8)
    var result = ""
    for (index, byte) in bytes.enumerated() {
      let isOuterSpace = byte == UInt8(ascii: " ") && (index == 0 || index == bytes.count - 1)
      if (0x20...0x7E).contains(byte), byte != UInt8(ascii: "%"), !isOuterSpace {
        result.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        result += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
      }
    }
    return result
  }

  /// Malformed escapes stay as they are, as gRPC asks.
  static func percentDecoded(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
    var bytes: [UInt8] = []
    var rest = Substring(text).utf8
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        let escaped = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        bytes.append(escaped)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
