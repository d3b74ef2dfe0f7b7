import Foundation
import NIOHTTP1
import Runtime
import Testing

@testable import Gateway

/// A browser's cookies and the form token of its pages.
struct ConsoleBrowser {
  let gateway: GatewayUnderTest
  var cookie = ""
  var formToken = ""

  /// - Parameter form: the fields of a form, which is sent with the session's token added by `post`
  ///   only.
  func send(_ method: String, _ path: String, form: String? = nil, site: String = "same-origin")
    async throws -> GatewayUnderTest.Answer
  {
    var headers = [("Cookie", cookie), ("Sec-Fetch-Site", site), ("Accept", "text/html,*/*;q=0.8")]
    if form != nil { headers.append(("Content-Type", "application/x-www-form-urlencoded")) }
    return try await gateway.sendUnfollowed(method, path, body: form, headers: headers)
  }

  /// Sends a form as a page of the session does.
  func post(_ path: String, _ fields: [String: String] = [:]) async throws
    -> GatewayUnderTest.Answer
  {
    let pairs = fields.map { "\(Console.encoded($0.key))=\(Console.encoded($0.value))" }
    return try await send(
      "POST", path, form: (["form=\(formToken)"] + pairs).joined(separator: "&"))
  }

  func get(_ path: String) async throws -> GatewayUnderTest.Answer { try await send("GET", path) }

  mutating func signIn(_ actor: Actor) async throws {
    let token = try await GatewayUnderTest.token(actor)
    let answer = try await send("POST", "/console/sign-in", form: "token=\(token)&next=/console")
    try #require(answer.status == 303, "\(answer.body)")
    cookie = String(answer.headers["Set-Cookie"].first?.prefix { $0 != ";" } ?? "")
    formToken = try Self.value(after: #"name="form" value=""#, try await get("/console").body)
  }

  static func signedIn(_ actor: Actor, to gateway: GatewayUnderTest) async throws
    -> ConsoleBrowser
  {
    var browser = ConsoleBrowser(gateway: gateway)
    try await browser.signIn(actor)
    return browser
  }

  /// What a page has between a mark and the next quotation mark.
  static func value(after mark: String, _ page: String) throws -> String {
    let start = try #require(page.range(of: mark), "\(mark) is not in the page").upperBound
    return String(page[start...].prefix { $0 != "\"" }).replacing("&amp;", with: "&")
  }
}
