import Foundation
import Outside

/// The signed form in which every call to AliExpress is made.
enum AliExpressForm {
  static let headers = [
    (name: "content-type", value: "application/x-www-form-urlencoded;charset=utf-8")
  ]

  /// The body of a call: the parameters, those of the system, and the signature of all.
  ///
  /// - Parameter path: of a call to `/rest`; empty for `/sync`, where `method` is a parameter.
  static func signed(
    _ parameters: [String: String], _ application: Application, path: String = ""
  ) -> String {
    var all = parameters
    all["app_key"] = application.key
    all["timestamp"] = String(Int64(Date().timeIntervalSince1970 * 1000))
    all["sign_method"] = "sha256"
    all["format"] = "json"
    all["sign"] = AliExpressSignature.sha256(all, path: path, secret: application.secret)
    return body(all)
  }

  /// A form's body: everything but unreserved characters is percent-encoded, so that a plus sign
  /// stays one.
  static func body(_ parameters: [String: String]) -> String {
    parameters.map { "\(encoded($0.key))=\(encoded($0.value))" }.joined(separator: "&")
  }

  static func encoded(_ text: String) -> String {
    let hex = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
      switch byte {
      case 48...57, 65...90, 97...122, 45, 46, 95, 126: bytes.append(byte)
      default: bytes += [37, hex[Int(byte >> 4)], hex[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
