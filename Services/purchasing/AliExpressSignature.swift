import Crypto
import Foundation
import Outside

/// AliExpress' signature of a call.
///
/// All parameters but `sign`, sorted by the bytes of their names, as name and value without
/// separators, the API's path in front for `/rest`; HMAC-SHA256 with the application's secret, in
/// upper-case hexadecimal. Values are signed as they are before URL encoding. Source: AliExpress Open
/// Platform, "Signature algorithm".
enum AliExpressSignature {
  static func sha256(_ parameters: [String: String], path: String = "", secret: Secret) -> String {
    let text = path + joined(parameters)
    return secret.reveal { secret in
      hex(
        HMAC<SHA256>.authenticationCode(
          for: Data(text.utf8), using: SymmetricKey(data: Data(secret.utf8))))
    }
  }

  /// The older form, still accepted: MD5 over secret, text, secret.
  static func md5(_ parameters: [String: String], secret: Secret) -> String {
    let text = joined(parameters)
    return secret.reveal { secret in
      hex(Insecure.MD5.hash(data: Data((secret + text + secret).utf8)))
    }
  }

  private static func joined(_ parameters: [String: String]) -> String {
    parameters
      .filter { $0.key != "sign" }
      .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      .map { $0.key + $0.value }
      .joined()
  }

  private static func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { byte in
      let digits = String(byte, radix: 16, uppercase: true)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}
