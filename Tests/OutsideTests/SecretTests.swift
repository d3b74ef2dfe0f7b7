import Logging
import Outside
import Testing

@Suite struct SecretTests {
  private struct Holder { let secret: Secret }

  @Test func `a secret cannot be printed, reflected or logged`() {
    let secret = Secret("s3cr3t")
    let holder = Holder(secret: secret)
    var dumped = ""
    dump(holder, to: &dumped)
    let texts = [
      "\(secret)", String(describing: secret), String(reflecting: secret), "\(holder)",
      "\([secret])", "\(Optional(secret) as Any)", String(reflecting: ["k": secret]), dumped,
      "\(Logger.MetadataValue.stringConvertible(secret))", "\(Mirror(reflecting: secret).children)",
    ]
    for text in texts { #expect(!text.contains("s3cr3t"), "\(text)") }
    #expect("\(secret)" == "(secret)")
    #expect(Mirror(reflecting: secret).children.isEmpty)
  }

  @Test func `a secret is seen inside reveal`() {
    #expect(Secret("s3cr3t").reveal { $0 } == "s3cr3t")
    #expect(Secret("").isEmpty && !Secret("x").isEmpty)
  }
}
