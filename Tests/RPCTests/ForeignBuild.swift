import Foundation

/// Builds programs of other languages, each once for as long as its sources stay the same.
actor ForeignBuild {
  static let shared = ForeignBuild()

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private var builds: [String: Task<String, any Error>] = [:]

  /// The path of a program.
  ///
  /// - Parameter script: builds it; `$1` is where to put it, `$2` the folder of its sources.
  func program(_ name: String, _ sources: String, _ script: String) async throws -> String {
    let build =
      builds[name] ?? Task { try await Self.build(name, sources: sources, script: script) }
    builds[name] = build
    return try await build.value
  }

  private static func build(_ name: String, sources: String, script: String) async throws -> String
  {
    let manager = FileManager.default
    try manager.createDirectory(atPath: Foreign.buildFolder, withIntermediateDirectories: true)
    let path = "\(Foreign.buildFolder)/\(name)-\(try key(sources, script))"
    if manager.isExecutableFile(atPath: path) { return path }
    let unfinished = "\(path).\(ProcessInfo.processInfo.processIdentifier)"
    let shell = try ForeignProcess(
      ["/bin/bash", "-euc", "{ \(script); } 2>&1", "build", unfinished, sources])
    var log = ""
    for await line in shell.lines { log += line + "\n" }
    guard manager.isExecutableFile(atPath: unfinished) else {
      throw Failure(description: "cannot build \(name):\n\(log)")
    }
    // At once: another test process may build the same.
    guard rename(unfinished, path) == 0 else {
      throw Failure(description: "cannot place \(path)")
    }
    return path
  }

  /// A number for the content of a folder and the way it is built: FNV-1a.
  private static func key(_ sources: String, _ script: String) throws -> String {
    var bytes = Array(script.utf8)
    for name in try FileManager.default.contentsOfDirectory(atPath: sources).sorted() {
      bytes += Array(name.utf8)
      bytes += FileManager.default.contents(atPath: "\(sources)/\(name)").map(Array.init) ?? []
    }
    let hash = bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { hash, byte in
      (hash ^ UInt64(byte)) &* 0x100_0000_01B3
    }
    return String(hash, radix: 16)
  }
}
