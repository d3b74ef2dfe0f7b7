import AsyncHTTPClient
import Foundation
import NIOCore

/// A WebDriver server that is not ours: chromedriver, started as a grid would be. Where the tests run
/// as root it is another user's, since its Chromium refuses to run for root.
public struct RemoteDriver: Sendable {
  public let url: String
  private let process: Int32
  private let home: String

  /// Starts it, and waits until it says its port.
  public static func start() async throws -> RemoteDriver {
    let home = "/tmp/dropwire-grid-\(UInt32.random(in: .min ... .max))"
    let user = OtherUser(65_534)
    let isRoot = geteuid() == 0
    if isRoot {
      try user.own(home)
    } else {
      try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
    }
    let program = Process()
    let words = ["/usr/bin/chromedriver", "--port=0"]
    let become = [
      "/usr/bin/setpriv", "--reuid=\(user.uid)", "--regid=\(user.gid)", "--clear-groups",
    ]
    let all = isRoot ? become + words : words
    program.executableURL = URL(fileURLWithPath: all[0])
    program.arguments = Array(all.dropFirst())
    program.environment = ["HOME": home, "TMPDIR": home, "PATH": "/usr/bin:/bin"]
    let printed = "\(home).out"
    _ = FileManager.default.createFile(atPath: printed, contents: nil)
    program.standardOutput = FileHandle(forWritingAtPath: printed)
    program.standardError = FileHandle.nullDevice
    try program.run()
    let port = try await eventually("chromedriver says its port") {
      let text = (try? String(contentsOfFile: printed, encoding: .utf8)) ?? ""
      return text.firstMatch(of: /successfully on port (\d+)/).map { String($0.1) }
    }
    return RemoteDriver(
      url: "http://127.0.0.1:\(port)", process: program.processIdentifier, home: home)
  }

  /// Ends it, and the browsers that it has.
  public func stop() {
    kill(process, SIGTERM)
    for path in [home, "\(home).out"] { try? FileManager.default.removeItem(atPath: path) }
  }

  /// How many browsers it has.
  public func sessions() async throws -> Int {
    let response = try await HTTPClient.shared.execute(
      HTTPClientRequest(url: "\(url)/sessions"), timeout: .seconds(30))
    let bytes = try await response.body.collect(upTo: 1 << 20)
    let answer = try JSONSerialization.jsonObject(with: Data(bytes.readableBytesView))
    return ((answer as? [String: Any])?["value"] as? [Any])?.count ?? -1
  }
}
