import Crypto
import Foundation
import RPC
import Runtime
import Testing

@testable import Gateway

/// Which tokens are believed, and whom they name.
struct TokenTests {
  private static let secret = Array("0123456789abcdef0123456789abcdef".utf8)

  private static func keys() async throws -> TokenKeys {
    var keys = TokenKeys(issuer: "dropwire", audience: "dropwire")
    try await keys.add(secret: secret, keyID: "dropwire")
    return keys
  }

  /// A token made by hand.
  static func token(
    header: String = #"{"alg":"HS256","kid":"dropwire","typ":"JWT"}"#,
    sub: String = #""42""#, role: String = "reseller", issuer: String = "dropwire",
    audience: String = "dropwire", seconds: Int = 3600, extra: String = "",
    key: [UInt8] = secret
  ) -> String {
    let end = Int(Date().timeIntervalSince1970) + seconds
    let claims =
      #"{"sub":\#(sub),"role":"\#(role)","iss":"\#(issuer)","aud":"\#(audience)","exp":\#(end)"#
      + "\(extra)}"
    let signed = [header, claims].map { Base64URL.text(Array($0.utf8)) }.joined(separator: ".")
    let code = HMAC<SHA256>.authenticationCode(
      for: Data(signed.utf8), using: SymmetricKey(data: key))
    return "\(signed).\(Base64URL.text(Array(code)))"
  }

  private func refusal(_ token: String, _ keys: TokenKeys) async -> String? {
    do throws(RPCError) {
      _ = try await keys.person(token)
      return nil
    } catch {
      #expect(error.code == .unauthenticated)
      return error.reason?.code
    }
  }

  @Test func `a token names a reseller or an administrator`() async throws {
    let keys = try await Self.keys()
    #expect(try await keys.person(Self.token()) == .reseller(42))
    #expect(try await keys.person(Self.token(sub: #""7""#, role: "admin")) == .admin(7))
    let made = try await LoginToken.signed(
      for: .admin(9), secret: Self.secret, keyID: "dropwire", issuer: "dropwire",
      audience: "dropwire", seconds: 60)
    #expect(try await keys.person(made) == .admin(9))
  }

  @Test(arguments: [
    token(role: "system"), token(role: "operator"), token(sub: #""0""#), token(sub: #""-1""#),
    token(sub: #""1 or 1""#), token(issuer: "other"), token(audience: "other"),
    token(key: Array("another secret of thirty-two byte".utf8)),
    token(header: #"{"alg":"HS512","kid":"dropwire"}"#),
    token(header: #"{"alg":"none","kid":"dropwire"}"#),
    token(header: #"{"alg":"RS256","kid":"dropwire"}"#),
    token(header: #"{"alg":"HS256","kid":"another"}"#),
    token(extra: #","nbf":99999999999"#),
    token(extra: #","nbf":\#(Int(Date().timeIntervalSince1970) + 3600)"#),
    token(header: #"{"alg":"HS256","kid":"dropwire","crit":["b64"],"b64":false}"#),
    token(header: #"{"alg":"HS256","kid":"dropwire","crit":[]}"#),
    token(header: #"{"alg":"HS256","kid":"../../etc/hostname"}"#),
    token(header: #"{"alg":"hs256","kid":"dropwire"}"#), token(header: #"{"kid":"dropwire"}"#),
    "", "a.b", "a.b.c", "..", String(token().dropLast(2)), token() + "x",
  ])
  func `anything else names nobody`(_ token: String) async throws {
    #expect(await refusal(token, try Self.keys()) == "TOKEN_INVALID")
  }

  @Test func `a clock that is a little ahead of ours is believed`() async throws {
    let soon = Int(Date().timeIntervalSince1970) + 20
    #expect(await refusal(Self.token(extra: #","nbf":\#(soon)"#), try Self.keys()) == nil)
  }

  @Test func `an expired token says so`() async throws {
    #expect(await refusal(Self.token(seconds: -1), try Self.keys()) == "TOKEN_EXPIRED")
  }

  @Test func `a token without a key id is tried with the only key`() async throws {
    let bare = Self.token(header: #"{"alg":"HS256"}"#)
    var keys = try await Self.keys()
    #expect(await refusal(bare, keys) == nil)
    try await keys.add(secret: Self.secret.reversed(), keyID: "second")
    #expect(await refusal(bare, keys) == "TOKEN_INVALID")
    #expect(await refusal(Self.token(), keys) == nil)
  }

  @Test func `a key of a set is believed for its own algorithm`() async throws {
    let key = P256.Signing.PrivateKey()
    let raw = Array(key.publicKey.rawRepresentation)
    let (x, y) = (Base64URL.text(raw[..<32]), Base64URL.text(raw[32...]))
    let set =
      #"{"keys":[{"kty":"EC","crv":"P-256","alg":"ES256","kid":"e","x":"\#(x)","y":"\#(y)"}]}"#
    var keys = try await Self.keys()
    try await keys.add(keySet: Data(set.utf8))
    func token(_ alg: String, _ sign: (Data) throws -> [UInt8]) rethrows -> String {
      let shape = Self.token(header: #"{"alg":"\#(alg)","kid":"e"}"#)
      let parts = shape.split(separator: ".")
      let signed = "\(parts[0]).\(parts[1])"
      return "\(signed).\(Base64URL.text(try sign(Data(signed.utf8))))"
    }
    let good = try token("ES256") { Array(try key.signature(for: $0).rawRepresentation) }
    #expect(try await keys.person(good) == .reseller(42))
    // The public key as a secret: the classic confusion.
    let confused = token("HS256") { text in
      Array(HMAC<SHA256>.authenticationCode(for: text, using: SymmetricKey(data: raw)))
    }
    #expect(await refusal(confused, keys) == "TOKEN_INVALID")
  }

  @Test(arguments: [
    #"{"keys":[]}"#, "{}", "no JSON",
    #"{"keys":[{"kty":"EC","crv":"P-256","alg":"ES256","x":"AA","y":"AA"}]}"#,
    #"{"keys":[{"kty":"EC","crv":"P-256","alg":"ES256","kid":"e","x":"AA","y":"AA","d":"AA"}]}"#,
    #"{"keys":[{"kty":"RSA","alg":"RS256","kid":"r","n":"AQAB","e":"AQAB"}]}"#,
  ])
  func `a set without usable keys is refused`(_ text: String) async throws {
    var keys = try await Self.keys()
    await #expect(throws: KeyProblem.self) { try await keys.add(keySet: Data(text.utf8)) }
  }

  @Test func `a short secret is refused`() async throws {
    var keys = TokenKeys(issuer: "i", audience: "a")
    await #expect(throws: KeyProblem.self) {
      try await keys.add(secret: Array(repeating: 1, count: 31), keyID: "k")
    }
  }
}
