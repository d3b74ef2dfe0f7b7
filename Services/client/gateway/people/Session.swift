import Foundation
import Runtime

/// Somebody who has signed in to the console with this browser.
struct Session: Sendable, Hashable {
  let actor: Actor
  /// What every form of the session carries, and nobody else can know.
  let formToken: String

  var isAdmin: Bool {
    if case .admin = actor { true } else { false }
  }
}

/// Sessions of the console, kept by browsers alone.
///
/// **Invariant:** a session is of the person whose token was verified when it began, and ends no
/// later than the token.
struct Sessions: Sendable {
  static let name = "dropwire-session"
  static let path = "/console"
  /// Of a session, in seconds: a working day.
  static let secondsMax = 12 * 3600

  let signing: SignedText
  let cookies: Cookies

  /// The value of Set-Cookie for a person whose token is good until `end`.
  func header(_ actor: Actor, until end: Date, now: Date = Date()) -> String {
    let end = min(end, now.addingTimeInterval(TimeInterval(Self.secondsMax)))
    let salt = String(UInt64.random(in: .min ... .max), radix: 16)
    return cookies.header(
      Self.name, signing.signed("session", ["\(actor)", salt], until: end), path: Self.path,
      seconds: max(0, Int(end.timeIntervalSince(now))))
  }

  /// Takes the session away.
  var removal: String { cookies.removal(Self.name, path: Self.path) }

  /// The session of a Cookie header; nil without one that is ours and in time.
  func session(_ header: String, now: Date = Date()) -> Session? {
    guard let value = Cookies.value(Self.name, in: header),
      let lines = signing.lines("session", in: value, now: now)?.lines, lines.count == 2,
      let actor = Actor(lines[0])
    else { return nil }
    return Session(actor: actor, formToken: signing.code("form\n\(value)".utf8))
  }
}
