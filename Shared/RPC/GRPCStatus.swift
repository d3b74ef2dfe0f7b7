import Foundation

/// The status of a call as trailers.
enum GRPCStatus {
  static let statusName = "grpc-status"
  static let messageName = "grpc-message"
  static let detailsName = "grpc-status-details-bin"
  /// Longer messages are cut: they travel in a header block, which is limited.
  static let messageBytesMax = 2048

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
    var metadata = Metadata()
    for field in trailers { metadata.add(field.name, field.value) }
    guard let number = metadata[statusName].flatMap(Int.init) else {
      return RPCError(.unknown, "the answer ended without a \(statusName)")
    }
    guard number != 0 else { return nil }
    var error = RPCError(
      StatusCode(rawValue: number) ?? .unknown, percentDecoded(metadata[messageName] ?? ""))
    if let details = metadata.binary(detailsName) { StatusDetails.decode(details, into: &error) }
    return error
  }

  /// Bytes outside printable ASCII, and `%`, as `%XX`.
  static func percentEncoded(_ text: String) -> String {
    var result = ""
    for byte in text.utf8.prefix(messageBytesMax) {
      if (0x20...0x7E).contains(byte), byte != UInt8(ascii: "%") {
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
