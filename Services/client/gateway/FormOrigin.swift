import Foundation
import HTTPTypes
import Hummingbird

/// Whether a form was sent by a page of ours.
///
/// **Invariant:** what a form asks for is done only when the browser says that one of our own pages
/// sent it, and when it carries what only a page of this session can know. Another site can make a
/// browser send a form and its cookies, but has neither.
/// Sources: https://www.w3.org/TR/fetch-metadata/, RFC 6454 section 7.
struct FormOrigin: Sendable {
  /// The field with the session's form token.
  static let field = "form"

  /// Where people reach the gateway; empty when that is not said.
  let publicURL: String

  /// - Parameter session: nil for forms of people who have not signed in.
  func check(_ request: Request, _ form: Form, _ session: Session?) throws(DoorError) {
    guard isOurs(request) else { throw .foreignForm }
    guard let session else { return }
    let (given, due) = (Array(form.text(Self.field).utf8), Array(session.formToken.utf8))
    // Every byte is compared, so that the time tells nothing.
    guard given.count == due.count, zip(given, due).reduce(0, { $0 | ($1.0 ^ $1.1) }) == 0 else {
      throw .foreignForm
    }
  }

  private func isOurs(_ request: Request) -> Bool {
    if let site = request.headers[.fetchSite] { return site == "same-origin" }
    guard let origin = request.headers[.origin] else { return false }
    if !publicURL.isEmpty, origin == publicURL { return true }
    guard let authority = request.head.authority, !authority.isEmpty else { return false }
    return origin == "http://\(authority)" || origin == "https://\(authority)"
  }
}

extension HTTPField.Name {
  static let fetchSite = named("Sec-Fetch-Site")
}
