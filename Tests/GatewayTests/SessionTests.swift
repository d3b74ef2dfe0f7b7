import Foundation
import Runtime
import Testing

@testable import Gateway

/// Who a browser with a session is.
struct SessionTests {
  private let now = Date(timeIntervalSince1970: 1_000_000)
  private let sessions = Self.sessions(Array(repeating: 7, count: 32))

  private static func sessions(_ secret: [UInt8]?) -> Sessions {
    Sessions(signing: SignedText(secret: secret), cookies: Cookies(isSecure: true))
  }

  private func cookie(_ header: String) -> String { String(header.prefix { $0 != ";" }) }

  @Test func `it is who signed in, until the token ends`() {
    let header = sessions.header(.admin(7), until: now.addingTimeInterval(600), now: now)
    #expect(header.hasSuffix("Path=/console; Max-Age=600; HttpOnly; SameSite=Lax; Secure"))
    let value = cookie(header)
    #expect(sessions.session("a=b; \(value)", now: now.addingTimeInterval(599))?.actor == .admin(7))
    #expect(sessions.session(value, now: now.addingTimeInterval(600)) == nil)
  }

  @Test func `it ends after a working day at the latest`() {
    let header = sessions.header(.admin(7), until: .distantFuture, now: now)
    #expect(sessions.session(cookie(header), now: now.addingTimeInterval(43_199)) != nil)
    #expect(sessions.session(cookie(header), now: now.addingTimeInterval(43_200)) == nil)
  }

  @Test func `two sessions of one person have different form tokens`() {
    let values = (0..<2).map { _ in cookie(sessions.header(.reseller(42), until: .distantFuture)) }
    let tokens = values.compactMap { sessions.session($0)?.formToken }
    #expect(Set(tokens).count == 2)
    #expect(sessions.session(values[0])?.formToken == tokens[0])
  }

  @Test func `what was signed for something else is no session`() {
    let consent = ConsentCookie(signing: sessions.signing, cookies: sessions.cookies)
    let other = cookie(consent.header(.init(actor: .admin(1), state: "s")))
      .replacing(ConsentCookie.name, with: Sessions.name)
    #expect(sessions.session(other) == nil)
    let elsewhere = cookie(Self.sessions(nil).header(.admin(1), until: .distantFuture))
    #expect(sessions.session(elsewhere) == nil)
  }
}
