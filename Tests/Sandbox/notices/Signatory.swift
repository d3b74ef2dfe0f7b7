import Crypto
import Foundation
import SwiftASN1
import Synchronization
import X509
import _CryptoExtras

/// Signs events the way PayPal does: by SHA256withRSA, with a certificate of an authority of this
/// world's own.
///
/// The keys are made when they are needed first.
final class Signatory: Sendable {
  static let name = "messageverificationcerts.sandbox.paypal.com"
  static let path = "/paypal/v1/notifications/certs/CERT-SANDBOX-1"
  private static let life: TimeInterval = 10 * 366 * 86_400

  private struct Keys: Sendable {
    let rootPEM: String
    let chainPEM: String
    let key: _RSA.Signing.PrivateKey
  }

  private let keys = Mutex<Keys?>(nil)

  /// What the platform has to trust, in PEM.
  var root: String { made?.rootPEM ?? "" }

  /// The certificate that events are signed with and the one that it leads to, in PEM.
  var chain: String { made?.chainPEM ?? "" }

  /// The headers of an event.
  ///
  /// - Parameter address: Of this world, where the certificate is.
  func headers(for body: [UInt8], webhookID: String, time: String, at address: String)
    -> [(name: String, value: String)]
  {
    let id = UUID().uuidString.lowercased()
    let text = Data("\(id)|\(time)|\(webhookID)|\(Self.crc32(body))".utf8)
    let signature = try? made?.key.signature(for: text, padding: .insecurePKCS1v1_5)
    return [
      ("PAYPAL-TRANSMISSION-ID", id), ("PAYPAL-TRANSMISSION-TIME", time),
      ("PAYPAL-TRANSMISSION-SIG", signature?.rawRepresentation.base64EncodedString() ?? ""),
      ("PAYPAL-CERT-URL", address + Self.path), ("PAYPAL-AUTH-ALGO", "SHA256withRSA"),
      ("PAYPAL-AUTH-VERSION", "v2"),
    ]
  }

  /// Of gzip and PNG, bit by bit. Source: https://www.rfc-editor.org/rfc/rfc1952#section-8
  static func crc32(_ bytes: [UInt8]) -> UInt32 {
    var remainder = UInt32.max
    for byte in bytes {
      remainder ^= UInt32(byte)
      for _ in 0..<8 { remainder = remainder >> 1 ^ (remainder & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
    return ~remainder
  }

  private var made: Keys? {
    keys.withLock { keys in
      if keys == nil { keys = try? Self.make() }
      return keys
    }
  }

  private static func make() throws -> Keys {
    let rootKey = Certificate.PrivateKey(P256.Signing.PrivateKey())
    let rootName = try DistinguishedName { CommonName("Dropwire sandbox authority") }
    let root = try certificate(
      rootName, rootKey.publicKey, issuer: rootName, by: rootKey,
      extensions: Certificate.Extensions {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
        Critical(KeyUsage(keyCertSign: true))
      })
    let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
    let leaf = try certificate(
      DistinguishedName { CommonName(name) }, Certificate.PrivateKey(key).publicKey,
      issuer: rootName, by: rootKey,
      extensions: Certificate.Extensions {
        Critical(BasicConstraints.notCertificateAuthority)
        Critical(KeyUsage(digitalSignature: true))
      })
    let rootPEM = try root.serializeAsPEM().pemString + "\n"
    return Keys(
      rootPEM: rootPEM, chainPEM: try leaf.serializeAsPEM().pemString + "\n" + rootPEM, key: key)
  }

  private static func certificate(
    _ subject: DistinguishedName, _ key: Certificate.PublicKey, issuer: DistinguishedName,
    by issuerKey: Certificate.PrivateKey, extensions: Certificate.Extensions
  ) throws -> Certificate {
    try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key,
      notValidBefore: Date() - 86_400, notValidAfter: Date() + life, issuer: issuer,
      subject: subject, signatureAlgorithm: .ecdsaWithSHA256, extensions: extensions,
      issuerPrivateKey: issuerKey)
  }
}
