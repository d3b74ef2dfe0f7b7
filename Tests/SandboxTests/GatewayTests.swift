import Testing

@testable import Sandbox

/// What the supplier's gateway checks before any business, and in which forms calls may come.
@Suite struct GatewayTests {
  private let world = WorldUnderTest()
  private static let product = [
    "product_id": "1005001000000001", "ship_to_country": "US",
  ]

  @Test(arguments: [
    ("app_key", "1", "InvalidAppkey"), ("timestamp", "1699992799999", "InvalidParameter"),
    ("sign", "0", "IncompleteSignature"), ("sign_method", "rot13", "InvalidParameter"),
  ])
  func `a call is refused for`(_ name: String, _ value: String, _ code: String) {
    var fields = world.signed("aliexpress.ds.product.get", Self.product)
    fields[name] = value
    let answer = world.sync(fields)
    #expect(answer.status == 200)
    #expect(answer.value?["error_response"]?["code"]?.string == code)
  }

  @Test func `method comes before token, token before parameters`() {
    #expect(code(world.ask("aliexpress.ds.order.get", [:], token: "none")) == "InvalidApiPath")
    #expect(
      code(world.ask("aliexpress.ds.product.get", [:], token: "none")) == "IllegalAccessToken")
    #expect(code(world.ask("aliexpress.ds.product.get", [:])) == "MissingParameter")
  }

  @Test func `a timestamp may be UTC text`() {
    var fields = world.signed("aliexpress.ds.product.get", Self.product)
    fields["timestamp"] = "2023-11-14T22:13:20Z"
    fields["sign"] = Signature.make(fields, secret: "sandbox-app-secret", method: .sha256)
    #expect(world.sync(fields).value?["aliexpress_ds_product_get_response"] != nil)
  }

  @Test func `parameters may be in the query, the form or a multipart body without a last break`() {
    let fields = world.signed("aliexpress.ds.product.get", Self.product)
    let inQuery = Call(
      verb: .get, path: "/aliexpress/sync", query: WorldUnderTest.form(fields))
    #expect(world.world.answer(inQuery).value?["aliexpress_ds_product_get_response"] != nil)
    let parts = fields.map { name, value in
      "--x\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
    }
    let multipart = Call(
      verb: .post, path: "/aliexpress/sync", body: Array((parts.joined() + "--x--").utf8),
      contentType: "multipart/form-data; boundary=x")
    #expect(world.world.answer(multipart).value?["aliexpress_ds_product_get_response"] != nil)
  }

  @Test func `a code becomes tokens once, by either form, and a refresh replaces both`() {
    func code() -> String {
      world.control("aliexpress/code", ["account": "43"]).value?["code"]?.string ?? ""
    }
    let path = "/auth/token/create"
    let first = world.signed(nil, ["code": code()], path: path, token: nil)
    let created = world.sync(first, path: "/aliexpress/rest\(path)")
    #expect(created.value?["user_id"]?.string == "43")
    #expect(world.sync(first, path: "/aliexpress/rest\(path)").value?["code"] == "InvalidCode")
    let second = world.signed(path, ["code": code()], path: path, token: nil)
    #expect(world.sync(second, path: "/aliexpress/rest").value?["code"] == "0")
    world.pass(milliseconds: 60_000)
    let token = created.value?["refresh_token"]?.string ?? ""
    let refresh = world.signed(
      nil, ["refresh_token": token], path: "/auth/token/refresh", token: nil)
    let refreshed = world.sync(refresh, path: "/aliexpress/rest/auth/token/refresh")
    #expect(refreshed.value?["refresh_expires_in"] == 5_183_940)
    let again = world.sync(refresh, path: "/aliexpress/rest/auth/token/refresh")
    #expect(again.value?["code"] == "IllegalRefreshToken")
    let fresh = refreshed.value?["access_token"]?.string
    #expect(
      world.ask("aliexpress.ds.product.get", Self.product, token: fresh)
        .value?["error_response"] == nil)
  }

  @Test func `an expired code and an expired token are refused`() {
    let code = world.control("aliexpress/code", ["account": "43"]).value?["code"]?.string ?? ""
    world.pass(milliseconds: 180_000)
    let fields = world.signed(nil, ["code": code], path: "/auth/token/create", token: nil)
    #expect(
      world.sync(fields, path: "/aliexpress/rest/auth/token/create").value?["code"]
        == "InvalidCode")
    world.control(
      "aliexpress/token", ["access_token": "sandbox-access-42", "expires_in": 0])
    #expect(
      self.code(world.ask("aliexpress.ds.product.get", Self.product)) == "IllegalAccessToken")
  }

  private func code(_ answer: Answer) -> String? {
    answer.value?["error_response"]?["code"]?.string
  }
}
