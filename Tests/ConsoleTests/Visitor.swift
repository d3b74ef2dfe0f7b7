import Contract
import Foundation
import Outside
import Runtime
import Support

@testable import Purchasing

/// A person before a browser with one page of the console.
struct Visitor: Sendable {
  /// The size of a screen, in CSS pixels.
  struct Screen: Sendable {
    let width: Int
    let height: Int
    let isPhone: Bool

    static let desk = Screen(width: 1280, height: 900, isPhone: false)
    static let phone = Screen(width: 390, height: 844, isPhone: true)
  }

  let session: WebDriverSession
  /// The console's address without a path.
  let url: String

  /// Loads a page by its path.
  func open(_ path: String) async throws { try await session.open(url + path) }

  /// Runs a script in the page and gives what it returns.
  func script(_ text: String) async throws -> JSON { try await session.script(text) }

  /// What the page's address has after the host.
  func path() async throws -> String {
    try await session.script("return location.pathname + location.search").text ?? ""
  }

  /// The text that an element shows; empty when there is no such element.
  func text(_ selector: String = "body") async throws -> String {
    try await session.script(
      "const found = document.querySelector(arguments[0]); return found ? found.innerText : ''",
      .string(selector)
    ).text ?? ""
  }

  /// How many elements there are.
  func count(_ selector: String) async throws -> Int {
    let found = try await session.script(
      "return document.querySelectorAll(arguments[0]).length", .string(selector))
    return Int(found.integer ?? 0)
  }

  func click(_ selector: String) async throws { try await session.click(selector) }

  func type(_ text: String, into selector: String) async throws {
    try await session.type(text, into: selector)
  }

  /// Picks an option of a list by its value.
  func pick(_ value: String, in selector: String) async throws {
    try await session.click("\(selector) option[value=\"\(value)\"]")
  }

  /// Clicks a link or button by what it shows, once it is there.
  func click(showing text: String, in selector: String = "body") async throws {
    _ = try await eventually("\(selector) has a button \"\(text)\"", within: .seconds(30)) {
      let found = try await session.script(
        """
        document.querySelectorAll('[data-picked]').forEach(e => e.removeAttribute('data-picked'));
        const all = [...document.querySelectorAll(arguments[0])].flatMap(
          part => [...part.querySelectorAll('a, button, summary')]);
        const found = all.find(e => e.checkVisibility() && e.innerText.trim() === arguments[1]);
        found?.setAttribute('data-picked', '');
        return found !== undefined;
        """, .string(selector), .string(text))
      guard found.bool == true else { return nil as Bool? }
      do {
        try await click("[data-picked]")
      } catch let refusal as WebDriverRefusal where refusal.code == "no such element" {
        // The part was brought up to date in between.
        return nil
      }
      return true
    }
  }

  /// Waits until an element shows a text, without loading the page again.
  func wait(for text: String, in selector: String = "body", within timeout: Duration = .seconds(40))
    async throws
  {
    do {
      _ = try await eventually(
        "\(selector) shows \(text)", within: timeout, every: .milliseconds(50)
      ) {
        try await self.text(selector).contains(text) ? true : nil
      }
    } catch let error as NeverHappened {
      throw NeverHappened(
        "\(error.description); at \(try await path()) it shows:\n\(try await self.text())")
    }
  }

  /// A sign on the page that a load would wipe away, for tests that nothing was loaded anew.
  func mark() async throws { _ = try await session.script("window.isMarked = true") }
  func isMarked() async throws -> Bool {
    try await session.script("return window.isMarked === true").bool ?? false
  }

  /// Presses Tab, or another key of the standard.
  func press(_ key: String = "\u{E004}") async throws {
    let strokes: JSON = [
      ["type": "keyDown", "value": .string(key)], ["type": "keyUp", "value": .string(key)],
    ]
    let actions: JSON = [["type": "key", "id": "keyboard", "actions": strokes]]
    _ = try await session.driver.call(
      .post, "/session/\(session.id)/actions", ["actions": actions])
  }

  /// Lets the page be shown on a screen.
  func use(_ screen: Screen) async throws {
    try await command(
      "Emulation.setDeviceMetricsOverride",
      [
        "width": screen.width.json, "height": screen.height.json, "deviceScaleFactor": 1.json,
        "mobile": .bool(screen.isPhone),
      ])
  }

  /// Lets the page be shown to somebody who likes it dark, or light.
  func prefer(dark: Bool) async throws {
    let wish: JSON = ["name": "prefers-color-scheme", "value": dark ? "dark" : "light"]
    try await command("Emulation.setEmulatedMedia", ["features": [wish]])
  }

  /// A command of Chromium's own.
  @discardableResult
  func command(_ name: String, _ parameters: JSON = [:]) async throws -> JSON {
    try await session.driver.call(
      .post, "/session/\(session.id)/goog/cdp/execute",
      ["cmd": .string(name), "params": parameters])
  }
}

/// What people do in many tests.
extension Visitor {
  /// Signs in by the page that a person without a session is sent to.
  func signIn(as actor: Runtime.Actor, to path: String = "/console") async throws {
    try await open(path)
    try await type(try await ConsoleWorld.token(actor), into: "textarea[name=token]")
    try await click(showing: "Sign in", in: "main")
  }

  /// Fills in the fields of an address.
  func fill(_ address: Contract.Address) async throws {
    let parts = [
      ("fullName", address.fullName), ("phone", address.phone), ("line1", address.line1),
      ("city", address.city), ("province", address.province),
      ("postalCode", address.postalCode), ("country", address.country),
    ]
    for (name, text) in parts { try await type(text, into: "[name=\"shipTo.\(name)\"]") }
  }

  /// Says yes to the question that a page asks.
  func accept() async throws {
    _ = try await session.driver.call(.post, "/session/\(session.id)/alert/accept")
  }
}
