import Foundation
import Outside

/// One browser with one page.
struct WebDriverSession: Sendable {
  /// The name of a reference to an element, of the standard.
  private static let elementKey = "element-6066-11e4-a52e-4f735466cecf"

  let driver: WebDriver
  let id: String

  /// Loads a page, and returns when it is there.
  ///
  /// - Throws: `BrowserFailure.shopDown` when it cannot be loaded.
  func open(_ url: String) async throws {
    do {
      _ = try await call(.post, "/url", ["url": .string(url)], timeout: WebDriver.pageLoadTimeout)
    } catch let refusal as WebDriverRefusal {
      throw BrowserFailure.shopDown("\(url) cannot be loaded: \(refusal.shown)")
    }
  }

  /// Runs a script in the page and gives what it returns.
  func script(_ text: String, _ arguments: JSON...) async throws -> JSON {
    try await call(
      .post, "/execute/sync", ["script": .string(text), "args": .array(arguments)])
  }

  func click(_ selector: String) async throws {
    let element = try await element(selector)
    _ = try await call(
      .post, "/element/\(element)/click", timeout: WebDriver.pageLoadTimeout)
  }

  /// Puts a text in the place of what a field holds.
  ///
  /// The standard makes keys of some characters, such as Enter of U+E007: those press nothing here.
  func type(_ text: String, into selector: String) async throws {
    if text.unicodeScalars.contains(where: { $0.value < 32 || (0xE000...0xF8FF) ~= $0.value }) {
      throw BrowserFailure.broken("a text for \(selector) holds characters that are keys")
    }
    let element = try await element(selector)
    _ = try await call(.post, "/element/\(element)/clear")
    guard !text.isEmpty else { return }
    _ = try await call(.post, "/element/\(element)/value", ["text": .string(text)])
  }

  private func element(_ selector: String) async throws -> String {
    let value = try await call(
      .post, "/element", ["using": "css selector", "value": .string(selector)])
    guard let id = value[Self.elementKey]?.text else {
      throw BrowserFailure.broken("the browser's driver gives no element")
    }
    return id
  }

  /// The page as it looks, as PNG.
  func screenshot() async throws -> Data {
    guard let text = try await call(.get, "/screenshot").text,
      let bytes = Data(base64Encoded: text, options: .ignoreUnknownCharacters)
    else { throw BrowserFailure.broken("the browser gives no screenshot") }
    return bytes
  }

  /// The cookies that the page's site has set.
  func cookies() async throws -> JSON { try await call(.get, "/cookie") }

  /// Sets a cookie of the page's site.
  func add(cookie: JSON) async throws {
    _ = try await call(.post, "/cookie", ["cookie": cookie])
  }

  /// Closes the browser.
  ///
  /// - Returns: whether it is certainly closed.
  @discardableResult
  func end() async -> Bool { await driver.end("/session/\(id)") }

  private func call(
    _ verb: WebDriver.Verb, _ path: String, _ body: JSON? = nil,
    timeout: Duration = WebDriver.scriptTimeout
  ) async throws -> JSON {
    do {
      return try await driver.call(verb, "/session/\(id)" + path, body, timeout: timeout)
    } catch let refusal as WebDriverRefusal where refusal.isEndOfBrowser {
      throw BrowserFailure.broken("the browser has ended: \(refusal.shown)")
    }
  }
}
