import Testing

@testable import Sandbox

/// The supplier's page of consent and what comes of it.
@Suite struct ConsentTests {
  private let world = WorldUnderTest()

  private func ask(_ query: String, _ body: String? = nil) -> Answer {
    world.world.answer(
      Call(
        verb: body == nil ? .get : .post, path: "/aliexpress/oauth/authorize", query: query,
        body: Array((body ?? "").utf8)))
  }

  private static let query =
    "response_type=code&force_auth=true&client_id=500001&state=s%2B1"
    + "&redirect_uri=http%3A%2F%2Flocalhost%2Fcallback%3Fa%3Db"

  @Test func `a buyer consents and is sent back with a code and the state`() throws {
    #expect(ask(Self.query).status == 200)
    let answer = ask(Self.query, "account=43")
    #expect(answer.status == 303)
    let target = try #require(answer.headers.first { $0.name == "Location" }?.value)
    let parts = try #require(
      target.wholeMatch(of: #/http://localhost/callback\?a=b&code=([^&]+)&state=s%2B1/#))
    let created = world.sync(
      world.signed(nil, ["code": String(parts.1)], path: "/auth/token/create", token: nil),
      path: "/aliexpress/rest/auth/token/create")
    #expect(created.value?["user_id"]?.string == "43")
    let exchange = world.truth()["aliexpress"]?["exchanges"]?.elements?.first
    #expect(exchange?["kind"] == "code" && exchange?["granted"] == true)
  }

  @Test(arguments: ["client_id=500001", "response_type=code&client_id=1", "response_type=code"])
  func `what no application asks is refused`(_ query: String) {
    #expect(ask(query).status == 400)
  }

  @Test func `tokens live as long as the settings say, and not beyond a revocation`() {
    world.settings(["accessTokenSeconds": 10])
    func refresh(_ token: String) -> Answer {
      world.sync(
        world.signed(nil, ["refresh_token": token], path: "/auth/token/refresh", token: nil),
        path: "/aliexpress/rest/auth/token/refresh")
    }
    let first = refresh("sandbox-refresh-42")
    #expect(first.value?["expires_in"] == 10)
    world.control("aliexpress/revoke", ["account": "42"])
    let token = first.value?["refresh_token"]?.string ?? ""
    #expect(refresh(token).value?["code"] == "IllegalRefreshToken")
  }
}
