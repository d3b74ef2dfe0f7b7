import Foundation
import Runtime
import Testing

@testable import Gateway

/// Who a browser that comes back from the supplier is.
struct ConsentCookieTests {
  private static let secret = Array(repeating: UInt8(7), count: 32)
  private let cookie = Self.cookie(secret)

  private static func cookie(_ secret: [UInt8]?, isSecure: Bool = true) -> ConsentCookie {
    ConsentCookie(
      signing: SignedText(secret: secret), cookies: Cookies(isSecure: isSecure))
  }
  private let content = ConsentCookie.Content(actor: .reseller(42), state: "st-1")

  private func value(_ header: String) -> String { String(header.prefix { $0 != ";" }) }

  @Test func `it comes back as it went`() {
    let header = cookie.header(content)
    #expect(header.hasSuffix("HttpOnly; SameSite=Lax; Secure"))
    #expect(cookie.content("theme=dark; \(value(header)); x=y") == content)
    let again = Self.cookie(Self.secret, isSecure: false)
    #expect(again.content(value(header)) == content)
  }

  @Test func `it ends after a quarter of an hour`() {
    let header = value(cookie.header(content, now: Date(timeIntervalSince1970: 1000)))
    #expect(cookie.content(header, now: Date(timeIntervalSince1970: 1899)) == content)
    #expect(cookie.content(header, now: Date(timeIntervalSince1970: 1900)) == nil)
  }

  @Test func `one that was made elsewhere, or changed, is none`() {
    let header = value(cookie.header(content))
    #expect(Self.cookie(nil).content(header) == nil)
    let forged = Base64URL.text(Array("consent\nadmin:1\nst-1\n99999999999".utf8))
    let code = header.split(separator: ".").last ?? ""
    for text in ["", "dropwire-consent=", "dropwire-consent=\(forged).\(code)", header + "A", "x"] {
      #expect(cookie.content(text) == nil)
    }
  }
}
