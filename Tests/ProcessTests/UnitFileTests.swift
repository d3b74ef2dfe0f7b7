import Foundation
import Support
import Testing

private let analyzer = "/usr/bin/systemd-analyze"

/// The units in compose/systemd, as systemd itself reads them.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: analyzer)))
struct UnitFileTests {
  private static let services = ["orders", "purchasing", "ledger"]

  @Test func `systemd finds nothing wrong with the units`() throws {
    try Self.withUnits { folder in
      let units = Self.services.flatMap { ["dropwire@\($0).service", "dropwire@\($0).socket"] }
      let all = units + ["dropwire-gateway.service", "dropwire.target"]
      let (status, text) = try Self.analyze(
        ["verify", "--man=no"] + all.map { "\(folder)/\($0)" })
      #expect(status == 0 && text == "", "\(text)")
    }
  }

  @Test(arguments: services.map { "dropwire@\($0)" } + ["dropwire-gateway"])
  func `a service is exposed no more than it must be`(_ unit: String) throws {
    try Self.withUnits { folder in
      let (status, text) = try Self.analyze([
        "security", "--offline=true", "--threshold=15", "--no-pager",
        "\(folder)/\(unit).service",
      ])
      #expect(status == 0, "\(text)")
    }
  }

  @Test func `the policy of the units names users that are made, and known roles`() throws {
    func text(_ name: String) throws -> String {
      try String(contentsOfFile: "\(Program.packageRoot)/compose/systemd/\(name)", encoding: .utf8)
    }
    let made = Set(
      try text("sysusers.conf").split(separator: "\n").filter { !$0.hasPrefix("#") }.map {
        let words = $0.split(separator: " ")
        return "\(words[0] == "u" ? "uid" : "gid"):\(words[1])"
      })
    let policy = try #require(
      try text("dropwire@.service").firstMatch(of: /"DROPWIRE_PEERS=(.+)"/)?.1)
    for rule in policy.split(separator: ", ") {
      let parts = rule.split(separator: "=")
      #expect(made.contains(String(parts[0])), "\(rule)")
      #expect(["orders", "gateway", "operator"].contains(parts[1]), "\(rule)")
    }
    for service in Self.services + ["gateway"] {
      #expect(made.contains("uid:dropwire-\(service)"))
    }
  }

  /// A folder with the units, one of each service in full, that start the programs of the tests.
  private static func withUnits(_ body: (String) throws -> Void) throws {
    let folder = "/tmp/dropwire-units-\(UInt32.random(in: .min ... .max))"
    let files = FileManager.default
    try files.copyItem(atPath: "\(Program.packageRoot)/compose/systemd", toPath: folder)
    defer { try? files.removeItem(atPath: folder) }
    for kind in ["service", "socket"] {
      let template = try String(contentsOfFile: "\(folder)/dropwire@.\(kind)", encoding: .utf8)
      let unit = template.replacing("/opt/dropwire/bin", with: Program.binaries)
      for service in services {
        try Data(unit.utf8).write(
          to: URL(fileURLWithPath: "\(folder)/dropwire@\(service).\(kind)"))
      }
    }
    let gateway = "\(folder)/dropwire-gateway.service"
    let unit = try String(contentsOfFile: gateway, encoding: .utf8)
    try Data(unit.replacing("/opt/dropwire/bin", with: Program.binaries).utf8)
      .write(to: URL(fileURLWithPath: gateway))
    try body(folder)
  }

  private static func analyze(_ arguments: [String]) throws -> (status: Int32, text: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: analyzer)
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: text, as: UTF8.self))
  }
}
