import Foundation
import Outside
import Support
import Testing

@testable import Purchasing

/// How pages look: pictures for people, and what a machine can say about them.
extension Visitor {
  /// Where pictures are kept, to be looked at.
  private static let folder =
    ProcessInfo.processInfo.environment["DROPWIRE_TEST_SCREENSHOTS"]
    ?? "\(Program.packageRoot)/.build/screenshots"

  /// Keeps pictures of the whole page at the width of a desk and of a phone, light and dark, and
  /// expects that nothing is wider than its screen and that everybody can use it.
  func look(_ name: String) async throws {
    for screen in [Screen.desk, .phone] {
      try await use(screen)
      for isDark in [false, true] {
        try await prefer(dark: isDark)
        try await keep("\(name)-\(screen.width)\(isDark ? "-dark" : "")")
        let problems = try await problems()
        #expect(problems.isEmpty, "\(name) at \(screen.width), dark: \(isDark)")
      }
      let width = try await session.script("return document.documentElement.scrollWidth").integer
      #expect(width ?? 0 <= screen.width, "\(name) is wider than a screen of \(screen.width)")
    }
    try await prefer(dark: false)
    try await use(.desk)
  }

  private func keep(_ name: String) async throws {
    let metrics = try await command("Page.getLayoutMetrics")
    let height = metrics["cssContentSize"]?["height"] ?? 900.json
    let width = metrics["cssLayoutViewport"]?["clientWidth"] ?? 1280.json
    let picture = try await command(
      "Page.captureScreenshot",
      [
        "format": "png", "captureBeyondViewport": true,
        "clip": ["x": 0.json, "y": 0.json, "width": width, "height": height, "scale": 1.json],
      ])
    let bytes = try #require(Data(base64Encoded: picture["data"]?.text ?? ""))
    try FileManager.default.createDirectory(
      atPath: Self.folder, withIntermediateDirectories: true)
    try bytes.write(to: URL(fileURLWithPath: "\(Self.folder)/\(name).png"))
  }

  /// What keeps somebody from using the page: fields without a label, buttons and pictures without a
  /// name, ids that come twice, headings that are missing or skip a level, text that is too faint.
  func problems() async throws -> [String] {
    let path = "\(Program.packageRoot)/Tests/ConsoleTests/audit.js"
    return try await session.script(try String(contentsOfFile: path, encoding: .utf8))
      .elements.compactMap(\.text)
  }

  /// What the keyboard reaches, in its order, from the top of the page: the accessible name of each,
  /// or its tag. Expects a visible sign of the focus on each.
  func reached(atMost steps: Int = 80) async throws -> [String] {
    _ = try await session.script("document.activeElement.blur(); window.scrollTo(0, 0)")
    var names: [String] = []
    for _ in 0..<steps {
      try await press()
      let at = try await session.script(
        """
        const e = document.activeElement;
        if (!e || e === document.body) return null;
        const first = !e.hasAttribute('data-reached'); e.setAttribute('data-reached', '');
        const style = getComputedStyle(e);
        return {first, name: (e.getAttribute('aria-label') || e.innerText || e.name || e.tagName).trim(),
          seen: style.outlineStyle !== 'none' || style.boxShadow !== 'none'};
        """)
      guard let name = at["name"]?.text, at["first"]?.bool == true else { break }
      #expect(at["seen"]?.bool == true, "the focus is not to be seen on \(name)")
      names.append(name)
    }
    return names
  }
}
