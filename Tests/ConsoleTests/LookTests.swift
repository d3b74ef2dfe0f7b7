import AsyncHTTPClient
import Foundation
import Logging
import Testing

@testable import Purchasing

/// What the tests say about a page's looks, tried with pages that are known.
@Suite(.enabled(if: Chromium.isInstalled, "\(Chromium.missing)"), .serialized)
struct LookTests {
  /// A browser that shows a page of its own.
  private func with(_ body: String, _ look: (Visitor) async throws -> Void) async throws {
    let folder = "/tmp/dropwire-look-\(UInt32.random(in: .min ... .max))"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let launcher = BrowserLauncher(
      source: .local(driver: Chromium.driver, browser: Chromium.browser), directory: folder,
      http: HTTPClient.shared, logger: Logger(label: "look") { _ in SwiftLogNoOpLogHandler() })
    let page = "<!doctype html><html lang=en><title>t</title><main>\(body)</main>"
    let text = try #require(page.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
    try await launcher.withBrowser { session in
      let visitor = Visitor(session: session, url: "data:text/html,")
      try await visitor.open(text)
      try await look(visitor)
    }
  }

  @Test func `what keeps somebody from using a page is found, each by its name`() async throws {
    let page = """
      <h1>Page</h1><h3>Skipped</h3><input name=bare><button></button><img src=x>
      <svg width=9 height=9></svg><p id=a style="color:#999">Faint</p><p id=a>Twice</p>
      """
    try await with(page) { visitor in
      let problems = try await visitor.problems()
      for expected in [
        "no label: bare", "no name: button", "no alt: x", "svg that says nothing", "id twice: a",
        "h3 after h1", "faint 2.85: p#a",
      ] {
        #expect(problems.contains { $0.hasPrefix(expected) }, "\(expected) in \(problems)")
      }
    }
  }

  @Test func `a page that everybody can use has no problems, and the keyboard reaches all of it`()
    async throws
  {
    let page = """
      <h1>Page</h1><h2>Part</h2><label>Name <input name=name></label><button>Go</button>
      <a href="#">On</a>
      """
    try await with(page) { visitor in
      let (problems, reached) = (try await visitor.problems(), try await visitor.reached())
      #expect(problems.isEmpty)
      #expect(reached == ["name", "Go", "On"])
    }
  }
}
