import ArgumentParser
import Testing

@testable import Client

/// The command line: every example that the help or a script shows must parse.
@Suite struct UsageTests {
  static let leaves: [any ParsableCommand.Type] = leaves(of: DropwireMain.self)

  private static func leaves(of command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
    let below = command.configuration.subcommands
    return below.isEmpty ? [command] : below.flatMap { leaves(of: $0) }
  }

  private static func examples(_ command: any ParsableCommand.Type) -> [String] {
    command.configuration.discussion.split(separator: "\n")
      .map { $0.drop { $0 == " " } }
      .filter { $0.hasPrefix("dropwire ") }
      .map { String($0.dropFirst("dropwire ".count)) }
  }

  /// Those that call no service.
  private static func isOther(_ verb: any ParsableCommand) -> Bool {
    verb is GatewayVerb || verb is TokenVerb
  }

  @Test func `each verb has examples, and each of them means that verb`() throws {
    #expect(Self.leaves.count > 25)
    for leaf in Self.leaves {
      let examples = Self.examples(leaf)
      #expect(!examples.isEmpty, "\(leaf) has no example")
      for example in examples {
        let parsed = try DropwireMain.parseAsRoot(Terminal.words(example))
        #expect(type(of: parsed) == leaf, "\(example)")
        #expect(parsed is any Verb || Self.isOther(parsed), "\(example)")
      }
    }
    for example in Self.examples(DropwireMain.self) {
      #expect(try DropwireMain.parseAsRoot(Terminal.words(example)) is any Verb, "\(example)")
    }
  }

  @Test(arguments: [
    "health --wait 10", "fund --id float --amount 500.00",
    "recipient put reseller:42 reseller-42@example.com",
    "credentials put --user 42 --file /tmp/world/credentials.json",
    "listing put mug --user 42 --price 20.00 --title 'Ceramic mug' --url https://a/1.html --sku 1",
    "checkout --listing mug --order demo-1 --ship-to us-example", "capture demo-1",
    "order demo-1 --json", "history demo-1", "sale demo-1", "export csv --order demo-1",
    "payouts --order demo-1 --json", "trial-balance", "verify",
    "call Purchasing GetPurchase '{\"orderId\": \"demo-1\"}'",
    "orders --as reseller:42 --timeout 5", "stats", "stats --watch orders",
    "stats --watch 5 orders",
    "stats orders --watch", "stats --watch --json", "stats --watch=3", "stats Ledger --prometheus",
    "balance reseller:42 --environment production --as admin:7", "call Ledger TrialBalance -",
  ])
  func `what scripts type parses`(command: String) throws {
    #expect(try DropwireMain.parseAsRoot(Terminal.words(command)) is any Verb)
  }

  @Test func `a verb that is not there is answered with the nearest ones`() {
    let complaint = DropwireMain.unknownVerb("chekout")
    #expect(complaint?.text == "there is no verb \"chekout\"; did you mean checkout?")
    #expect(complaint?.status == .usage)
    #expect(DropwireMain.unknownVerb("frobnicate")?.text.contains("dropwire --help") == true)
    for word in ["checkout", "trial-balance", "call", "help", "--help", nil] {
      #expect(DropwireMain.unknownVerb(word) == nil)
    }
  }

  @Test(arguments: [
    "orders --as nobody", "orders --timeout 0", "balance paypal --environment live", "call",
    "call Orders --template", "verify --head xyz", "health --wait -1", "checkout",
    "stats everything", "stats --watch 0", "stats --prometheus --json",
  ])
  func `wrong usage ends with 64`(command: String) {
    let error = #expect(throws: (any Error).self) {
      try DropwireMain.parseAsRoot(Terminal.words(command))
    }
    if let error { #expect(DropwireMain.exitCode(for: error).rawValue == 64) }
  }
}
