import AsyncHTTPClient
import Foundation

/// The sessions at a grid that are ours, each named by a file in its browser's directory, so that
/// whoever comes later can end them.
struct GridSessions: Sendable {
  /// Names a session of a browser that is at work, or was when its process ended.
  private static let file = "session"
  /// The same once the browser's work is over and the grid did not end it.
  private static let leftFile = "session.left"
  /// Most sessions that one start tries to end; the others come at the next.
  private static let endsMax = 2
  /// After so long a grid has ended an idle session by itself.
  private static let leftMax = TimeInterval(86_400)

  let directory: String
  let http: HTTPClient

  func keep(_ session: WebDriverSession, _ url: String, in own: String) throws {
    try Data("\(url)/session/\(session.id)".utf8).write(
      to: URL(fileURLWithPath: "\(own)/\(Self.file)"))
  }

  /// Leaves a session for `endLeft`.
  func leave(_ own: String) {
    try? FileManager.default.moveItem(
      atPath: "\(own)/\(Self.file)", toPath: "\(own)/\(Self.leftFile)")
  }

  /// Ends some of those that were left.
  func endLeft() async {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    let left = names.sorted().map { "\(directory)/\($0)" }.filter {
      FileManager.default.fileExists(atPath: "\($0)/\(Self.leftFile)")
    }
    for own in left.prefix(Self.endsMax) {
      let found = try? FileManager.default.attributesOfItem(atPath: "\(own)/\(Self.leftFile)")
      let leftAt = found?[.modificationDate] as? Date ?? .distantPast
      let isForgotten = Date().timeIntervalSince(leftAt) > Self.leftMax
      let isEnded = isForgotten ? true : await end(in: own)
      if isEnded { try? FileManager.default.removeItem(atPath: own) }
    }
  }

  /// Ends the session that a directory names.
  ///
  /// - Returns: whether there certainly is none any more.
  func end(in own: String) async -> Bool {
    let text = [Self.file, Self.leftFile].lazy.compactMap {
      try? String(contentsOfFile: "\(own)/\($0)", encoding: .utf8)
    }.first
    guard let text, let split = text.range(of: "/session/") else { return true }
    let driver = WebDriver(url: String(text[..<split.lowerBound]), http: http)
    return await driver.end(String(text[split.lowerBound...]))
  }
}
