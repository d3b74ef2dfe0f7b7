import AsyncHTTPClient
import Foundation
import Logging
import Outside

/// Starts browsers and ends them, whatever happens in between.
///
/// Each has a directory of its own with everything that it writes. Those of this machine end with this
/// process: see `ProcessGroup`, and `BrowserRemains` for the rest.
struct BrowserLauncher: Sendable {
  /// How long a driver may take to say its port.
  private static let startTimeout = Duration.seconds(15)

  let source: BrowserSettings.Source
  /// Where the browsers' directories are.
  let directory: String
  let http: HTTPClient
  let logger: Logger

  /// Runs a body with a fresh browser.
  func withBrowser<Value: Sendable>(_ body: (WebDriverSession) async throws -> Value) async throws
    -> Value
  {
    let own = "\(directory)/\(UUID().uuidString.lowercased().prefix(8))"
    try FileManager.default.createDirectory(
      atPath: own, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    switch source {
    case .local(let driver, let browser):
      defer { try? FileManager.default.removeItem(atPath: own) }
      return try await local(driver, browser, own, body)
    case .remote(let url):
      return try await remote(url, own, body)
    }
  }

  /// A grid's session is ended whatever happens here. While the grid does not say that it has, the
  /// directory that names it stays, and the next browser's start tries again.
  private func remote<Value: Sendable>(
    _ url: String, _ own: String, _ body: (WebDriverSession) async throws -> Value
  ) async throws -> Value {
    let grid = GridSessions(directory: directory, http: http)
    await grid.endLeft()
    let session: WebDriverSession
    do {
      session = try await WebDriver(url: url, http: http).open(Self.options(own, nil))
    } catch {
      try? FileManager.default.removeItem(atPath: own)
      throw error
    }
    let result: Result<Value, any Error>
    do {
      try grid.keep(session, url, in: own)
      result = .success(try await body(session))
    } catch {
      result = .failure(error)
    }
    if await session.end() {
      try? FileManager.default.removeItem(atPath: own)
    } else {
      grid.leave(own)
    }
    return try result.get()
  }

  private func local<Value: Sendable>(
    _ driver: String, _ browser: String, _ own: String,
    _ body: (WebDriverSession) async throws -> Value
  ) async throws -> Value {
    guard FileManager.default.isExecutableFile(atPath: browser) else {
      throw BrowserFailure.notInstalled("\(browser) is not installed")
    }
    let output = "\(own)/driver.out"
    let group = try ProcessGroup(
      driver, ["--port=0", "--log-path=\(own)/driver.log"], home: own, outputPath: output)
    defer { group.end() }
    let port = try await port(output)
    let session = try await WebDriver(url: "http://127.0.0.1:\(port)", http: http)
      .open(Self.options(own, browser))
    logger.debug("browser started", metadata: ["group": "\(group.id)"])
    return try await Self.ending(session, body)
  }

  private static func ending<Value: Sendable>(
    _ session: WebDriverSession, _ body: (WebDriverSession) async throws -> Value
  ) async throws -> Value {
    do {
      let value = try await body(session)
      await session.end()
      return value
    } catch {
      await session.end()
      throw error
    }
  }

  /// Waits until the driver has printed its port.
  private func port(_ output: String) async throws -> Int {
    let deadline = ContinuousClock.now + Self.startTimeout
    while ContinuousClock.now < deadline {
      let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
      if let match = text.firstMatch(of: /successfully on port (\d+)\b\D/),
        let port = Int(match.1)
      {
        return port
      }
      try await Task.sleep(for: .milliseconds(10))
    }
    throw BrowserFailure.broken("chromedriver did not start within \(Self.startTimeout)")
  }

  /// Without a program, the grid's own browser is taken.
  private static func options(_ own: String, _ browser: String?) -> JSON {
    var arguments: [JSON] = [
      "--headless=new", "--no-first-run", "--no-default-browser-check", "--disable-gpu",
      "--disable-breakpad", "--disable-crash-reporter", "--disable-background-networking",
      "--disable-extensions", "--disable-sync", "--window-size=1280,1600", "--lang=en-US",
    ]
    guard let browser else { return ["args": .array(arguments)] }
    arguments += [.string("--user-data-dir=\(own)/profile"), "--remote-debugging-pipe"]
    // Chromium's sandbox refuses to run for root.
    if geteuid() == 0 { arguments.append("--no-sandbox") }
    return ["binary": .string(browser), "args": .array(arguments)]
  }
}
