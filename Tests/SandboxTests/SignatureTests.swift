import Testing

@testable import Sandbox

/// The supplier's signature against the vectors on which several independent clients agree.
@Suite struct SignatureTests {
  private static let token = "50000101234abcdTESTTOKEN"
  private static let query = "{\"order_id\":\"8198352049851315\"}"
  private static let code = "3_500102_JxZ05Ux3cnnSSUm6dCxYg6Q26"

  @Test func `V1: a business call, from the official documentation`() {
    check(
      [
        "access_token": "test", "aliexpress_category_id": "200135143", "app_key": "123456",
        "method": "aliexpress.logistics.redefining.getonlinelogisticsinfo",
        "sign_method": "sha256", "timestamp": "1517820392000",
      ], "F7F7926B67316C9D1E8E15F7E66940ED3059B1638C497D77973F30046EFB5BBB")
  }

  @Test func `V2: a system call, its path in front, from the official documentation`() {
    check(
      [
        "app_key": "12345678", "code": Self.code, "sign_method": "sha256",
        "timestamp": "1517820392000",
      ], path: "/auth/token/create",
      "35607762342831B6A417A0DED84B79C05FEFBF116969C48AD6DC00279A9F4D81")
  }

  @Test func `V4: a JSON text is signed as it is sent`() {
    check(
      [
        "access_token": Self.token, "app_key": "12345678",
        "method": "aliexpress.trade.ds.order.get", "sign_method": "sha256",
        "single_order_query": Self.query, "timestamp": "1700000000000",
      ], "12A816D42A82FE120A67D199E4E3011FE58DCE40C28793C77A8C398E5D9BAC1F")
  }

  @Test func `V6: a system call that names its path in method too`() {
    var fields = [
      "app_key": "12345678", "code": Self.code, "format": "json",
      "method": "/auth/token/create", "partner_id": "iop-sdk-php-20220608",
      "sign_method": "sha256", "simplify": "false", "timestamp": "1700000000000",
    ]
    check(
      fields, path: "/auth/token/create",
      "0D1D28D67DA6830721416661C54139E10D41D58725C39541A468EAAAF9F03E1C")
    fields["method"] = nil
    check(
      fields, path: "/auth/token/create",
      "18C6D37789939513A114C2B59A88CC20DBFF93E4FF967777BB33191F69E94386")
  }

  @Test func `V8: MD5 with the secret around the text`() {
    check(
      [
        "app_key": "12345678", "format": "json", "method": "aliexpress.trade.ds.order.get",
        "partner_id": "taobao-sdk-python-20200924", "session": Self.token, "sign_method": "md5",
        "single_order_query": Self.query, "timestamp": "1700000000000", "v": "2.0",
      ], method: .md5, "BF729CBB03EB6EBE1CC153019C09487C")
  }

  @Test func `E2: the name of an empty value is signed`() {
    check(
      [
        "app_key": "12345678", "empty_one": "", "method": "aliexpress.ds.category.get",
        "sign_method": "sha256", "timestamp": "1700000000000",
      ], "93F2240678D2D2F08C5A42944E0B6B5C47D5AAAB78A6D8EB6BA1280061BE2533")
  }

  private func check(
    _ fields: [String: String], path: String = "", method: Signature.Method = .sha256,
    _ expected: String
  ) {
    var sent = fields
    sent["sign"] = "is not signed"
    #expect(
      Signature.make(sent, path: path, secret: "helloworld", method: method) == expected)
  }
}
