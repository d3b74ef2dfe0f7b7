import Foundation
import Runtime

/// Binds a consent that is under way to the browser that began it: who asked, and for which state.
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

  let signing: SignedText
  let cookies: Cookies

  /// The value of Set-Cookie.
  func header(_ content: Content, now: Date = Date()) -> String {
    let value = signing.signed(
      "consent", ["\(content.actor)", content.state],
      until: now.addingTimeInterval(TimeInterval(Self.secondsMax)))
    return cookies.header(Self.name, value, path: Self.path, seconds: Self.secondsMax)
  }

  /// Takes the cookie away.
  var removal: String { cookies.removal(Self.name, path: Self.path) }

  /// Reads a Cookie header; nil without a cookie of ours that is whole and in time.
  func content(_ header: String, now: Date = Date()) -> Content? {
    guard let value = Cookies.value(Self.name, in: header),
      let lines = signing.lines("consent", in: value, now: now)?.lines,
      lines.count == 2, let actor = Actor(lines[0])
    else { return nil }
    return Content(actor: actor, state: lines[1])
  }
}
