import Crypto
import Foundation

/// The supplier's signature over the parameters of a call, in upper-case hexadecimal digits.
///
/// What is signed is `path key1 value1 key2 value2 ...` without separators: keys in byte order, raw
/// values, everything that was sent except `sign`; the path only in front of calls of `/rest`.
enum Signature {
  enum Method: String, Sendable {
    case sha256, md5, hmac
  }

  static func make(
    _ fields: [String: String], path: String = "", secret: String, method: Method
  ) -> String {
    let text = Data(signed(fields, path: path).utf8)
    let secret = Data(secret.utf8)
    switch method {
    case .sha256:
      return hex(HMAC<SHA256>.authenticationCode(for: text, using: SymmetricKey(data: secret)))
    case .md5:
      return hex(Insecure.MD5.hash(data: secret + text + secret))
    case .hmac:
      return hex(
        HMAC<Insecure.MD5>.authenticationCode(for: text, using: SymmetricKey(data: secret)))
    }
  }

  private static func signed(_ fields: [String: String], path: String) -> String {
    let names = fields.keys.filter { $0 != "sign" }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return names.reduce(into: path) { text, name in
      text += name
      text += fields[name] ?? ""
    }
  }

  private static func hex(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: text, as: UTF8.self)
  }
}
