import Foundation
import Testing

/// Another implementation of gRPC: a client and a server program, built of the sources under
/// `foreign/`. All of them do the same, so that a further one is a further pair of programs:
///
///     client SOCKET CASE...   says "ok CASE" or "failed CASE why" of each
///     server SOCKET           says "ready"; packs its answers at SOCKET.packed
///       stop                  (a line of its input) takes no new calls from now on
///       release               lets the method Stay answer; says "runs N" once all calls are over
///
/// A server offers what `ForeignMethods` offers, but Connections.
struct Foreign: Sendable, CustomTestStringConvertible {
  let name: String
  /// Debian packages, and whether they are there.
  private let packages: String
  let isInstalled: Bool
  /// Cases that its client does not have.
  private let without: Set<String>
  private let program: @Sendable (Role) async throws -> [String]

  enum Role: String { case client, server }

  var testDescription: String { name }

  static let python = Foreign(
    name: "grpcio", packages: "python3-venv", isInstalled: exists(pythonPath), without: []
  ) { [pythonPath, "\(sources)/python/\($0).py"] }

  static let cpp = Foreign(
    name: "gRPC C++", packages: "g++, pkg-config and libgrpc++-dev",
    isInstalled: exists("/usr/bin/g++", "/usr/bin/pkg-config", "/usr/include/grpcpp/grpcpp.h"),
    without: ["reflection"]
  ) { role in
    let build = """
      g++ -std=c++17 -O0 -o "$1" "$2/\(role).cc" $(pkg-config --cflags --libs grpc++ protobuf)
      """
    return [try await ForeignBuild.shared.program("cpp-\(role)", "\(sources)/cpp", build)]
  }

  static let go = Foreign(
    name: "grpc-go", packages: "golang-go and golang-google-grpc-dev",
    isInstalled: exists("/usr/bin/go", "/usr/share/gocode/src/google.golang.org/grpc"),
    without: []
  ) { role in
    let build = """
      export GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE="$(dirname "$1")/go-cache"
      cd "$2" && go build -o "$1" .
      """
    return [try await ForeignBuild.shared.program("go", "\(sources)/go", build), "\(role)"]
  }

  static let all = [python, cpp, go]
  static let installed = all.filter(\.isInstalled)

  /// What to install so that all are tested.
  static let missing: String = {
    let missing = all.filter { !$0.isInstalled }.map { "\($0.name) needs \($0.packages)" }
    return "not tested: \(missing.joined(separator: "; ")); compose/install --tests installs it"
  }()

  private static let packageRoot: String = {
    var url = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { url.deleteLastPathComponent() }
    return url.path
  }()

  private static let sources = "\(packageRoot)/Tests/RPCTests/foreign"
  private static let pythonPath = "\(packageRoot)/.build/python/bin/python3"
  static let buildFolder = "\(packageRoot)/.build/foreign"

  private static func exists(_ paths: String...) -> Bool {
    paths.allSatisfy { FileManager.default.fileExists(atPath: $0) }
  }

  /// The cases of its client, besides the drain.
  var cases: [String] {
    [
      "unary", "large", "stream", "statuses", "messages", "metadata", "deadline",
      "server-deadline", "left", "cancel", "limits", "unknown", "compressed", "many", "at-once",
      "health", "reflection",
    ].filter { !without.contains($0) }
  }

  /// What its client says of each case: "ok", with what follows it, or what is wrong.
  func client(_ socketPath: String, _ cases: [String]) async throws -> [String: String] {
    let program = try await ForeignProcess(program(.client) + [socketPath] + cases)
    var found: [String: String] = [:]
    for await line in program.lines {
      let parts = line.split(separator: " ", maxSplits: 2).map(String.init)
      guard parts.count > 1 else { continue }
      found[parts[1]] = ([parts[0]] + parts.dropFirst(2)).joined(separator: " ")
    }
    return found
  }

  /// Runs a body with its server at a socket.
  func withServer(_ body: (String, ForeignProcess) async throws -> Void) async throws {
    let command = try await program(.server)
    try await ScratchFolder.with { folder in
      let process = try ForeignProcess(command + [folder.socketPath])
      defer { process.end() }
      try await process.wait(forLine: "ready")
      try await body(folder.socketPath, process)
    }
  }

  /// Runs one of the scenarios in which grpcio alone does something special.
  static func scenario(_ arguments: [String]) async throws -> [String: String] {
    let program = try ForeignProcess(
      [pythonPath, "\(sources)/python/scenarios.py"] + arguments)
    var text = ""
    for await line in program.lines { text += line }
    return try JSONDecoder().decode([String: String].self, from: Data(text.utf8))
  }
}
