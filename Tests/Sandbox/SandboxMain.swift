import ArgumentParser
import Foundation

/// The process `sandbox`: a supplier and a payment service to try Dropwire with.
@main struct SandboxMain: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sandbox",
    abstract: "Imitate AliExpress and PayPal on the loopback address, in memory.",
    discussion: discussion)

  @Option(help: "Port to listen on; 0 takes any that is free.")
  var port: UInt16 = 0
  @Option(help: "Where PayPal sends its signed events; as the setting webhookURL.")
  var webhookURL = ""
  @Option(help: "Of the webhook that they are signed for.")
  var webhookID = ""
  @Option(help: "File to write the certificate to that their signatures lead to, in PEM.")
  var webhookRoot = ""
  @Option(help: "Where AliExpress sends its messages; as the setting pushURL.")
  var pushURL = ""

  func run() async throws {
    // Nothing is kept, so nothing has to be ended.
    for number in [SIGTERM, SIGINT] { signal(number) { _ in _exit(0) } }
    signal(SIGPIPE, SIG_IGN)
    let world = World()
    var settings = WorldSettings()
    let given = ["webhookURL": webhookURL, "webhookID": webhookID, "pushURL": pushURL]
    for (name, value) in given where !value.isEmpty {
      settings = try settings.changed(.object([.init(name: name, value: .string(value))]))
    }
    world.change { [settings] state, _ in state.settings = settings }
    if !webhookRoot.isEmpty {
      try Data(world.signatory.root.utf8).write(to: URL(fileURLWithPath: webhookRoot))
    }
    try await SandboxServer(world: world).run(port: Int(port)) { port in
      FileHandle.standardOutput.write(Data("ready http://127.0.0.1:\(port)\n".utf8))
    }
  }

  private static var discussion: String {
    let settings = WorldSettings()
    let productLines = Catalogue.samples.dropFirst().map { product in
      "  \(product.id) (\(product.title)): SKU "
        + product.skus.map(\.id).joined(separator: ", ")
    }
    let settingLines = WorldSettings.Name.allCases.map {
      "  \($0.rawValue) (\(String(decoding: settings.value($0).bytes, as: UTF8.self))): \($0.summary)"
    }
    let faultLines = ControlFace.faults.map { "  \($0.name): \($0.summary)" }
    return """
      AliExpress is at /aliexpress/sync and /aliexpress/rest, its shop for browsers at /shop,
      PayPal at /paypal.
      App key 500001 has the secret sandbox-app-secret.
      Account 42 has sandbox-access-42 and sandbox-refresh-42; so have 43, 44 and \(Shop.account).
      The shop's buyer \(Shop.email) with the password \(Shop.password) is account \(Shop.account).
      PayPal's client sandbox-client has the secret sandbox-secret.
      Product 1005001000000001 is a mug. Its SKU 12000000000000001 costs 6.50 USD
      and 1.50 USD to send tracked; SKU 12000000000000002 is out of stock.
      Other products, one for each way in which things can be otherwise:
      \(productLines.joined(separator: "\n"))

      EXAMPLES
        sandbox --port 8080
        curl localhost:8080/control
        curl localhost:8080/control/truth?order=demo-
        curl localhost:8080/control/settings -d '{"autoApprove": false}'
        curl localhost:8080/control/faults -d '{"name": "paypal.capture5xx"}'
        curl localhost:8080/control/faults -X DELETE

      CONTROL
      \(ControlFace.routes.map { "  \($0)" }.joined(separator: "\n"))

      SETTINGS (defaults)
      \(settingLines.joined(separator: "\n"))

      FAULTS (extras with defaults; times 1, -1 is always; probability 1; match: part of a key)
      \(faultLines.joined(separator: "\n"))
      """
  }
}
