import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Outside

/// A driver of browsers, spoken to in W3C WebDriver: chromedriver on this machine, or a grid.
///
/// Every call is bounded in time and size. Source: https://www.w3.org/TR/webdriver2/
struct WebDriver: Sendable {
  /// The longest that a page may take to load, as the driver is told.
  static let pageLoadTimeout = Duration.seconds(40)
  static let scriptTimeout = Duration.seconds(10)
  /// The longest that a browser may take to start.
  private static let startTimeout = Duration.seconds(20)
  /// What a call may take beyond the driver's own limits.
  private static let margin = Duration.seconds(5)
  /// A screenshot is a PNG in base64 within JSON.
  private static let answerBytesMax = 24 << 20

  /// Without a slash at the end.
  let url: String
  let http: HTTPClient

  enum Verb: String {
    case get = "GET"
    case post = "POST"
    case delete = "DELETE"
  }

  /// Calls the driver and gives the answer's value.
  ///
  /// - Throws: `WebDriverRefusal` for the driver's own errors, `BrowserFailure.broken` when there is
  ///   no answer.
  func call(
    _ verb: Verb, _ path: String, _ body: JSON? = nil,
    timeout: Duration = scriptTimeout
  ) async throws -> JSON {
    var request = HTTPClientRequest(url: url + path)
    request.method = HTTPMethod(rawValue: verb.rawValue)
    if verb == .post {
      request.headers.add(name: "content-type", value: "application/json; charset=utf-8")
      request.body = .bytes(ByteBuffer(string: (body ?? .object([:])).serialized))
    }
    let (status, answer): (Int, JSON)
    do {
      let response = try await http.execute(
        request, deadline: .now() + TimeAmount(timeout + Self.margin))
      let bytes = try await response.body.collect(upTo: Self.answerBytesMax)
      (status, answer) = (Int(response.status.code), try JSON(parsing: bytes))
    } catch {
      throw BrowserFailure.broken("the browser's driver does not answer \(path): \(error)")
    }
    guard (200..<300).contains(status) else {
      throw WebDriverRefusal(
        code: answer["value"]?["error"]?.text ?? "status \(status)",
        text: answer["value"]?["message"]?.text ?? "")
    }
    return answer["value"] ?? .null
  }

  /// Ends a session by its path, also when the task is cancelled.
  ///
  /// - Returns: whether the driver has none like it any more.
  func end(_ session: String) async -> Bool {
    await Task {
      do {
        _ = try await call(.delete, session)
        return true
      } catch let refusal as WebDriverRefusal {
        return refusal.code == "invalid session id" || refusal.code == "status 404"
      } catch {
        return false
      }
    }.value
  }

  /// Starts a browser.
  ///
  /// - Parameter options: the browser's program and arguments.
  func open(_ options: JSON) async throws -> WebDriverSession {
    let capabilities: JSON = [
      "browserName": "chrome", "pageLoadStrategy": "normal",
      "unhandledPromptBehavior": "dismiss",
      "timeouts": [
        "implicit": 0.json, "pageLoad": Self.pageLoadTimeout.milliseconds.json,
        "script": Self.scriptTimeout.milliseconds.json,
      ],
      "goog:chromeOptions": options,
    ]
    do {
      let value = try await call(
        .post, "/session", ["capabilities": ["alwaysMatch": capabilities]],
        timeout: Self.startTimeout)
      guard let id = value["sessionId"]?.text else {
        throw BrowserFailure.broken("the browser's driver gives no session")
      }
      return WebDriverSession(driver: self, id: id)
    } catch let refusal as WebDriverRefusal {
      throw BrowserFailure.broken("the browser does not start: \(refusal.shown)")
    }
  }
}

/// An error that the driver answered with.
struct WebDriverRefusal: Error, Hashable {
  /// The code of the standard, such as `no such element`.
  let code: String
  /// For a person.
  let text: String

  /// Whether the browser is gone, so that no other call can succeed.
  var isEndOfBrowser: Bool {
    ["invalid session id", "session not created", "no such window"].contains(code)
      || ["not reachable", "tab crashed", "disconnected", "session deleted"].contains {
        text.contains($0)
      }
  }

  var shown: String { "\(code): \(text.prefix { $0 != "\n" }.prefix(200))" }
}

extension Duration {
  var milliseconds: Int64 {
    components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
  }
}

extension FixedWidthInteger {
  var json: JSON { .integer(Int64(self)) }
}
