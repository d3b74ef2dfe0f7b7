import Contract
import RPC
import Testing

@testable import Client

/// What people see of credentials and keys, and how a consent is taken in.
@Suite struct CredentialVerbTests {
  @Test func `a card says what is wrong and what to do`() async throws {
    let run = try await Terminal().run("credentials show --user 42")
    let expected = """
      reseller        42
      api             aliexpress-dropshipping
      environment     sandbox
      state           revoked
      because         CREDENTIALS_REVOKED: withdrawn; the reseller must authorize again (IllegalRefreshToken); for the reseller
      came by         authorized
      version         3
      master key      k1
      vendor account  9001
      access until    2026-11-24 12:00:00Z
      refresh until   2026-11-24 12:00:05Z
      last refresh    refused at 2026-11-24 12:00:01Z, try 2 of version 3, for system
      updated         2026-11-24 12:00:00Z
      """
    #expect(run == Terminal.Run(out: expected + "\n"))
    #expect(try await Terminal().run("credentials status --user 42") == run)
  }

  @Test func `an authorization shows the page and the next command`() async throws {
    let terminal = Terminal()
    let run = try await terminal.run(
      "credentials authorize --user 42 --environment production --redirect-url https://a.example/")
    #expect(run.out.contains("  https://supplier.example/oauth/authorize?state=s1\n"))
    #expect(
      run.out.contains(
        "dropwire credentials authorize --user 42 --environment production --state s1 --answer"))
    #expect(
      terminal.services.notes.all == [
        #"operator:test BeginAuthorization {"userId":"42","api":"aliexpress-dropshipping","environment":"ENVIRONMENT_PRODUCTION","redirectUrl":"https://a.example/"}"#
      ])
  }

  @Test(arguments: [
    ("'https://a.example/cb?code=3_5%2B&state=s1'", "3_5+"),
    ("'https://a.example/cb?x=1&code=3_5' --state s1", "3_5"), ("3_5 --state s1", "3_5"),
  ])
  func `an answer is an address or a code`(_ answer: String, _ code: String) async throws {
    let terminal = Terminal()
    let run = try await terminal.run("credentials authorize --user 42 --answer \(answer)")
    #expect(run.status == 0)
    #expect(
      terminal.services.notes.all == [
        #"operator:test CompleteAuthorization {"state":"s1","code":"\#(code)"}"#
      ])
  }

  @Test(arguments: [
    ("'https://a.example/cb?state=s1'", 64), ("3_5", 64),
    ("'https://a.example/cb?code=3_5&state=s2' --state s1", 77),
  ])
  func `an answer that cannot be right is not sent`(_ answer: String, _ status: Int32)
    async throws
  {
    let terminal = Terminal()
    let run = try await terminal.run("credentials authorize --user 42 --answer \(answer)")
    #expect(run.status == status, "\(run)")
    #expect(terminal.services.notes.all.isEmpty)
  }

  @Test func `keys say which can be removed, and a rotation what is left`() async throws {
    let table = """
      MASTER KEY  SECRETS  IS
      k2                3  the newest
      k1                0  not in use: it can be removed
      k0                1  missing: its secrets cannot be opened
      """
    #expect(try await Terminal().run("credentials keys") == Terminal.Run(out: table + "\n"))
    let whole = try await Terminal().run("credentials rotate-keys")
    #expect(whole == Terminal.Run(out: "wrapped anew: 3\n\n\(table)\n"))
    var services = FakeServices()
    services.unopened = 1
    let left = try await Terminal(services).run("credentials rotate-keys")
    #expect(left.status == 1 && left.out.contains("1 cannot be opened"))
  }

  @Test func `a history is a table, and a refresh shows the card`() async throws {
    let table = """
      TIME                  WHAT        WHO            VERSION  FOR
      2026-11-24 12:00:02Z  use         system               3  demo-1-p1
      2026-11-24 12:00:01Z  authorized  operator:test        3
      """
    let history = try await Terminal().run("credentials history --user 42")
    #expect(history == Terminal.Run(out: table + "\n"))
    #expect(try await Terminal().run("credentials refresh --user 42").out.contains("revoked"))
  }
}
