import Foundation
import FoundationNetworking
import Support

/// A WebDriver server that is not ours: chromedriver, started as a grid would be. Where the tests run
/// as root it is another user's, since its Chromium refuses to run for root.
struct RemoteDriver: Sendable {
  let url: String
  private let process: Int32
  private let home: String

  static func start() async throws -> RemoteDriver {
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
    let port = try await eventually("chromedriver says its port", within: .seconds(20)) {
      let text = (try? String(contentsOfFile: printed, encoding: .utf8)) ?? ""
      return text.firstMatch(of: /successfully on port (\d+)/).map { String($0.1) }
    }
    return RemoteDriver(
      url: "http://127.0.0.1:\(port)", process: program.processIdentifier, home: home)
  }

  /// Ends it, and the browsers that it has.
  func stop() {
    kill(process, SIGTERM)
    for path in [home, "\(home).out"] { try? FileManager.default.removeItem(atPath: path) }
  }

  /// How many browsers it has.
  func sessions() async throws -> Int {
    guard let address = URL(string: "\(url)/sessions") else { return -1 }
    let (data, _) = try await URLSession.shared.data(from: address)
    let answer = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    return (answer?["value"] as? [Any])?.count ?? -1
  }
}
