import Outside
import Testing

@testable import Purchasing

/// AliExpress' signature against published and independently computed values.
@Suite struct SignatureTests {
  private static let secret = Secret("helloworld")

  private struct Vector: Sendable, CustomTestStringConvertible {
    let name: String
    let path: String
    let parameters: [String: String]
    let sign: String
    var testDescription: String { name }
  }

  private static let code = "3_500102_JxZ05Ux3cnnSSUm6dCxYg6Q26"

  private static let vectors = [
    Vector(
      name: "the documentation's business call", path: "",
      parameters: [
        "access_token": "test", "aliexpress_category_id": "200135143", "app_key": "123456",
        "method": "aliexpress.logistics.redefining.getonlinelogisticsinfo",
        "sign_method": "sha256", "timestamp": "1517820392000",
      ], sign: "F7F7926B67316C9D1E8E15F7E66940ED3059B1638C497D77973F30046EFB5BBB"),
    Vector(
      name: "the documentation's system call", path: "/auth/token/create",
      parameters: [
        "app_key": "12345678", "code": code, "sign_method": "sha256",
        "timestamp": "1517820392000",
      ], sign: "35607762342831B6A417A0DED84B79C05FEFBF116969C48AD6DC00279A9F4D81"),
    Vector(
      name: "an order query with JSON in a parameter", path: "",
      parameters: [
        "access_token": "50000101234abcdTESTTOKEN", "app_key": "12345678",
        "method": "aliexpress.trade.ds.order.get", "sign_method": "sha256",
        "single_order_query": "{\"order_id\":\"8198352049851315\"}",
        "timestamp": "1700000000000",
      ], sign: "12A816D42A82FE120A67D199E4E3011FE58DCE40C28793C77A8C398E5D9BAC1F"),
    Vector(
      name: "a system call that also signs its method", path: "/auth/token/create",
      parameters: [
        "app_key": "12345678", "code": code, "format": "json", "method": "/auth/token/create",
        "partner_id": "iop-sdk-php-20220608", "sign_method": "sha256", "simplify": "false",
        "timestamp": "1700000000000",
      ], sign: "0D1D28D67DA6830721416661C54139E10D41D58725C39541A468EAAAF9F03E1C"),
    Vector(
      name: "the same without its method", path: "/auth/token/create",
      parameters: [
        "app_key": "12345678", "code": code, "format": "json",
        "partner_id": "iop-sdk-php-20220608", "sign_method": "sha256", "simplify": "false",
        "timestamp": "1700000000000",
      ], sign: "18C6D37789939513A114C2B59A88CC20DBFF93E4FF967777BB33191F69E94386"),
    Vector(
      name: "an empty value, kept", path: "",
      parameters: [
        "app_key": "12345678", "empty_one": "", "method": "aliexpress.ds.category.get",
        "sign_method": "sha256", "timestamp": "1700000000000",
      ], sign: "93F2240678D2D2F08C5A42944E0B6B5C47D5AAAB78A6D8EB6BA1280061BE2533"),
    Vector(
      name: "the same without the empty parameter", path: "",
      parameters: [
        "app_key": "12345678", "method": "aliexpress.ds.category.get",
        "sign_method": "sha256", "timestamp": "1700000000000",
      ], sign: "151F6A4CD65A1A2887F7430F17E9CBF20B3F26F1B6FE646456852F377900A45D"),
  ]

  @Test(arguments: vectors)
  private func `known parameters have their known signature`(_ vector: Vector) {
    var parameters = vector.parameters
    #expect(
      AliExpressSignature.sha256(parameters, path: vector.path, secret: Self.secret)
        == vector.sign)
    parameters["sign"] = "ignored"
    #expect(
      AliExpressSignature.sha256(parameters, path: vector.path, secret: Self.secret)
        == vector.sign)
  }

  @Test func `the older MD5 form has its known signature`() {
    let sign = AliExpressSignature.md5(
      [
        "app_key": "12345678", "format": "json", "method": "aliexpress.trade.ds.order.get",
        "partner_id": "taobao-sdk-python-20200924", "session": "50000101234abcdTESTTOKEN",
        "sign_method": "md5", "single_order_query": "{\"order_id\":\"8198352049851315\"}",
        "timestamp": "1700000000000", "v": "2.0",
      ], secret: Self.secret)
    #expect(sign == "BF729CBB03EB6EBE1CC153019C09487C")
  }

  @Test func `names are sorted by bytes, capitals before the underscore`() {
    let one = AliExpressSignature.sha256(["appKey": "1", "app_key": "2"], secret: Self.secret)
    let other = AliExpressSignature.sha256(["appKey1app_key": "2"], secret: Self.secret)
    #expect(one == other)
  }

  @Test func `a form encodes everything but unreserved characters`() {
    #expect(
      AliExpressForm.body(["a": "x+y &#;=é~-_.", "": ""]).split(separator: "&").sorted()
        == ["=", "a=x%2By%20%26%23%3B%3D%C3%A9~-_."])
  }
}
