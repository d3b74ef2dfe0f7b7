import Crypto
import Foundation
import Runtime

/// Binds a consent that is under way to the browser that began it: who asked, and for which state.
///
///     name   dropwire-consent
///     value  base64url(ACTOR "\n" STATE "\n" SECONDS) "." base64url(HMAC-SHA256)
///
/// **Invariant:** a callback acts for the person whose browser began the consent, or for nobody, so
/// that nobody can tie his own supplier account to another's.
struct ConsentCookie: Sendable {
  static let name = "dropwire-consent"
  static let path = "/api/marketplace-oauth/callback"
  private static let secondsMax = 900

  /// What a cookie that is ours says.
  struct Content: Sendable, Hashable {
    let actor: Actor
    let state: String
  }

  private let key: SymmetricKey
  /// Whether browsers may send it by https alone.
  private let isSecure: Bool

  /// - Parameter secret: nil for one that is made here and ends with the process.
  init(secret: [UInt8]?, isSecure: Bool) {
    key = secret.map { SymmetricKey(data: $0) } ?? SymmetricKey(size: .bits256)
    self.isSecure = isSecure
  }

  /// The value of Set-Cookie.
  func header(_ content: Content, now: Date = Date()) -> String {
    let end = Int(now.timeIntervalSince1970) + Self.secondsMax
    let text = Array("\(content.actor)\n\(content.state)\n\(end)".utf8)
    let code = HMAC<SHA256>.authenticationCode(for: text, using: key)
    let value = "\(Base64URL.text(text)).\(Base64URL.text(Array(code)))"
    return Self.header(value, seconds: Self.secondsMax, isSecure)
  }

  /// Takes the cookie away.
  var removal: String { Self.header("", seconds: 0, isSecure) }

  private static func header(_ value: String, seconds: Int, _ isSecure: Bool) -> String {
    "\(name)=\(value); Path=\(path); Max-Age=\(seconds); HttpOnly; SameSite=Lax"
      + (isSecure ? "; Secure" : "")
  }

  /// Reads a Cookie header; nil without a cookie of ours that is whole and in time.
  func content(_ header: String, now: Date = Date()) -> Content? {
    for cookie in header.split(separator: ";") {
      let halves = cookie.split(separator: "=", maxSplits: 1)
      guard halves.count == 2, halves[0].trimmingCharacters(in: .whitespaces) == Self.name else {
        continue
      }
      return read(String(halves[1]), now)
    }
    return nil
  }

  private func read(_ value: String, _ now: Date) -> Content? {
    let parts = value.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let text = Base64URL.bytes(String(parts[0])),
      let code = Base64URL.bytes(String(parts[1])),
      HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: text, using: key)
    else { return nil }
    let lines = String(decoding: text, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard lines.count == 3, let actor = Actor(lines[0]), let end = Int(lines[2]),
      Int(now.timeIntervalSince1970) < end
    else { return nil }
    return Content(actor: actor, state: lines[1])
  }
}
