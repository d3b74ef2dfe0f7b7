import Foundation
import HTTPTypes
import Hummingbird
import Mustache
import NIOCore
import RPC
import Runtime

/// Parts of the console, as its menu lists them.
enum Section: String, Sendable, CaseIterable {
  case overview = "Overview"
  case orders = "Orders"
  case queue = "To do"
  case checkout = "New order"
  case credentials = "Connections"
  case payouts = "Payouts"
  case ledger = "Ledger"

  var path: String {
    switch self {
    case .overview: "/console"
    case .orders: "/console/orders"
    case .queue: "/console/queue"
    case .checkout: "/console/checkout"
    case .credentials: "/console/connections"
    case .payouts: "/console/payouts"
    case .ledger: "/console/ledger"
    }
  }
}

/// One sentence about what was just done, shown once.
struct Notice: Sendable, Hashable {
  /// good, warn or bad.
  let tone: String
  let text: String

  var isBad: Bool { tone == "bad" }
}

/// What surrounds every page: its title, the menu, who is signed in. The names are the templates'.
struct Frame: Sendable {
  struct Item: Sendable {
    let label: String
    let path: String
    let isCurrent: Bool
  }

  let title: String
  let menu: [Item]
  /// Empty when nobody is signed in.
  let person: String
  let isAdmin: Bool
  /// What forms carry, in a field `form`.
  let formToken: String
  let notice: Notice?
  let stylePath = Assets.style.path
  let scriptPath = Assets.script.path
  let iconPath = Assets.icon.path
  /// The page's own values.
  let content: any Sendable

  init(
    title: String, section: Section?, session: Session?, notice: Notice?, content: any Sendable
  ) {
    self.title = title
    menu =
      session == nil
      ? []
      : Section.allCases.map {
        Item(label: $0.rawValue, path: $0.path, isCurrent: $0 == section)
      }
    person = session.map { Self.shown($0.actor) } ?? ""
    isAdmin = session?.isAdmin ?? false
    formToken = session?.formToken ?? ""
    self.notice = notice
    self.content = content
  }

  private static func shown(_ actor: Actor) -> String {
    switch actor {
    case .admin(let id): "Administrator \(id)"
    case .reseller(let id): "Reseller \(id)"
    case .operator(let name): name
    case .system: "System"
    }
  }

  /// The page by its template.
  func response(_ template: String, status: HTTPResponse.Status = .ok) -> Response {
    guard let text = Templates.library.render(self, withTemplate: template) else {
      preconditionFailure("there is no template \(template)")
    }
    return Response(
      status: status,
      headers: [
        .contentType: "text/html; charset=utf-8",
        .contentSecurityPolicy: Self.policy,
        // Browsers then say where a form comes from, to us and nobody else.
        .referrerPolicy: "same-origin",
      ], body: .init(byteBuffer: ByteBuffer(string: text)))
  }

  private static let policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}

extension RouteCall {
  /// A page of the console.
  ///
  /// - Parameters:
  ///   - template: its file in `templates`, without the ending.
  ///   - content: what the template finds under `content`.
  ///   - status: other than 200 when a form comes back with what is wrong about it.
  func page(
    _ template: String, _ title: String, _ section: Section?, _ content: any Sendable,
    notice: Notice? = nil, status: HTTPResponse.Status = .ok
  ) -> Response {
    let kept = notice == nil ? NoticeCookie(parts: door).notice(headers[.cookie] ?? "") : nil
    let frame = Frame(
      title: title, section: section, session: session, notice: notice ?? kept, content: content)
    var response = frame.response(template, status: status)
    if kept != nil {
      response.headers.append(.init(name: .setCookie, value: NoticeCookie(parts: door).removal))
    }
    return response
  }

  /// Answers a form: the browser goes on to a page, which says once what was done.
  func done(_ text: String, tone: String = "good", goTo path: String) -> Response {
    var response = Console.redirect(to: Console.safe(path))
    let cookie = NoticeCookie(parts: door).header(Notice(tone: tone, text: text))
    response.headers.append(.init(name: .setCookie, value: cookie))
    return response
  }
}

/// Carries a notice from a form's answer to the page that follows.
private struct NoticeCookie {
  private static let name = "dropwire-notice"
  private static let secondsMax = 60
  private static let textMax = 500

  let parts: DoorParts

  func header(_ notice: Notice) -> String {
    let text = String(notice.text.prefix(Self.textMax)).replacing("\n", with: " ")
    let value = parts.sessions.signing.signed(
      "notice", [notice.tone, text],
      until: Date().addingTimeInterval(TimeInterval(Self.secondsMax)))
    return parts.sessions.cookies.header(
      Self.name, value, path: Sessions.path, seconds: Self.secondsMax)
  }

  var removal: String { parts.sessions.cookies.removal(Self.name, path: Sessions.path) }

  func notice(_ header: String) -> Notice? {
    guard let value = Cookies.value(Self.name, in: header),
      let lines = parts.sessions.signing.lines("notice", in: value)?.lines, lines.count == 2
    else { return nil }
    return Notice(tone: lines[0], text: lines[1])
  }
}
