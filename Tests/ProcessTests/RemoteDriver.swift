import Foundation
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
    let output = Pipe()
    program.standardOutput = output
    program.standardError = FileHandle.nullDevice
    try program.run()
    let port = try await Self.port(output.fileHandleForReading)
    return RemoteDriver(
      url: "http://127.0.0.1:\(port)", process: program.processIdentifier, home: home)
  }

  /// Reads what it prints until that has its port.
  private static func port(_ output: FileHandle) async throws -> String {
    var text = ""
    for try await line in output.bytes.lines {
      text += line + "\n"
      if let match = line.firstMatch(of: /successfully on port (\d+)/) { return String(match.1) }
    }
    throw Program.Failure.notReady("chromedriver", log: text)
  }

  /// Ends it, and the browsers that it has.
  func stop() {
    kill(process, SIGTERM)
    try? FileManager.default.removeItem(atPath: home)
  }

  /// How many browsers it has.
  func sessions() async throws -> Int {
    guard let address = URL(string: "\(url)/sessions") else { return -1 }
    let data = try Data(contentsOf: address)
    let answer = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    return (answer?["value"] as? [Any])?.count ?? -1
  }
}
