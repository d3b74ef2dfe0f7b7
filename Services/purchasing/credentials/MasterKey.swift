import Crypto
import Foundation

/// The key that wraps the data keys of all credentials.
///
/// **Invariant:** there is no default and no substitute: without a good key file the service does not
/// start. Printed or reflected it shows its id alone.
struct MasterKey: Sendable, CustomStringConvertible, CustomReflectable {
  static let bytes = 32

  /// Derived from the key, so that a row names the key that it needs; tells nothing about it.
  let id: String
  let key: SymmetricKey

  init(_ key: SymmetricKey) {
    self.key = key
    let code = HMAC<SHA256>.authenticationCode(for: Data("dropwire master key id".utf8), using: key)
    id = code.prefix(6).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }

  /// Tells whether two secrets are equal, and nothing else to whoever does not have the key.
  func mark(of secret: String) -> String {
    let code = HMAC<SHA256>.authenticationCode(
      for: Data("dropwire mark of a secret\n\(secret)".utf8), using: key)
    return code.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }

  var description: String { "(master key \(id))" }
  var customMirror: Mirror { Mirror(self, children: []) }

  /// Why a key file is not used.
  struct Refused: Error, CustomStringConvertible {
    let description: String
  }

  /// Reads a key file: 32 bytes, or 64 hexadecimal digits, that only its owner may read.
  ///
  /// - Parameter isHandedOver: systemd made the file for this service alone; the group's bit then
  ///   shows an access list, not a group.
  init(file path: String, isHandedOver: Bool = false) throws(Refused) {
    let make = "make one with: purchasing --make-key \(path)"
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      throw Refused(
        description:
          "the master key file \(path) cannot be opened (\(String(cString: strerror(errno)))"
          + "); \(make)")
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw Refused(description: "the master key \(path) is not a file; \(make)")
    }
    guard status.st_mode & (isHandedOver ? 0o007 : 0o077) == 0 else {
      let mode = String(status.st_mode & 0o777, radix: 8)
      throw Refused(
        description: "the master key file \(path) has mode \(mode): others may read it; "
          + "chmod 600 it, and make a new key if somebody may have read it")
    }
    var content = [UInt8](repeating: 0, count: 128)
    let count = read(file, &content, content.count)
    guard let key = Self.parse(content.prefix(max(count, 0))) else {
      throw Refused(
        description: "the master key file \(path) has \(max(count, 0)) bytes; it must have exactly "
          + "32, or 64 hexadecimal digits; \(make)")
    }
    self.init(SymmetricKey(data: key))
  }

  private static func parse(_ content: ArraySlice<UInt8>) -> [UInt8]? {
    if content.count == bytes { return Array(content) }
    let text = String(decoding: content, as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    guard text.utf8.count == 2 * bytes, text.allSatisfy(\.isHexDigit) else { return nil }
    let digits = text.compactMap { $0.hexDigitValue.map { UInt8($0) } }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}
