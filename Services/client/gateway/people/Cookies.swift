import Foundation
import HTTPTypes

/// How cookies are written and read. None is for scripts.
struct Cookies: Sendable {
  /// Whether browsers may send them by https alone.
  let isSecure: Bool

  /// The value of Set-Cookie.
  func header(_ name: String, _ value: String, path: String, seconds: Int) -> String {
    "\(name)=\(value); Path=\(path); Max-Age=\(seconds); HttpOnly; SameSite=Lax"
      + (isSecure ? "; Secure" : "")
  }

  /// Takes a cookie away.
  func removal(_ name: String, path: String) -> String {
    header(name, "", path: path, seconds: 0)
  }

  /// The value of the first cookie with this name in a Cookie header.
  static func value(_ name: String, in header: String) -> String? {
    for cookie in header.split(separator: ";") {
      let halves = cookie.split(separator: "=", maxSplits: 1)
      guard halves.count == 2, halves[0].trimmingCharacters(in: .whitespaces) == name else {
        continue
      }
      return String(halves[1])
    }
    return nil
  }
}
