import Crypto
import Foundation

/// Signs short texts that browsers keep for us, and reads them again.
///
///     base64url(PURPOSE "\n" LINE "\n" ... "\n" SECONDS) "." base64url(HMAC-SHA256)
///
/// **Invariant:** what was signed for one purpose is nothing for another, and nothing after its end.
struct SignedText: Sendable {
  private let key: SymmetricKey

  /// - Parameter secret: nil for one that is made here and ends with the process.
  init(secret: [UInt8]?) {
    key = secret.map { SymmetricKey(data: $0) } ?? SymmetricKey(size: .bits256)
  }

  /// - Parameter lines: without line breaks.
  func signed(_ purpose: String, _ lines: [String], until end: Date) -> String {
    precondition(lines.allSatisfy { !$0.contains("\n") }, "a line is one line")
    let parts = [purpose] + lines + ["\(Int(end.timeIntervalSince1970))"]
    let text = Array(parts.joined(separator: "\n").utf8)
    return "\(Base64URL.text(text)).\(code(text))"
  }

  /// The lines, and when they end; nil for what was not signed here for this purpose, or is over.
  func lines(_ purpose: String, in value: String, now: Date = Date()) -> (
    lines: [String], end: Date
  )? {
    let parts = value.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let text = Base64URL.bytes(String(parts[0])),
      let code = Base64URL.bytes(String(parts[1])),
      HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: text, using: key)
    else { return nil }
    let lines = String(decoding: text, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard lines.count >= 2, lines[0] == purpose, let end = lines.last.flatMap({ Int($0) }),
      Int(now.timeIntervalSince1970) < end
    else { return nil }
    return (Array(lines[1..<(lines.count - 1)]), Date(timeIntervalSince1970: TimeInterval(end)))
  }

  /// What nobody without the key can make of a text.
  func code(_ text: some Sequence<UInt8>) -> String {
    Base64URL.text(Array(HMAC<SHA256>.authenticationCode(for: Array(text), using: key)))
  }
}
