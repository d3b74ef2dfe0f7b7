import Contract
import Foundation
import HTTPTypes
import Logging
import RPC
import Support
import Testing

@testable import Gateway

/// Events that are signed the way PayPal signs them, by a certificate of our own authority.
struct SignedEvents {
  static let name = "messageverificationcerts.sandbox.paypal.com"
  static let url = "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1"
  static let webhookID = "1JE4291016473214C"

  let folder: String
  let body = Array(#"{"id":"WH-1","event_type":"PAYMENT.CAPTURE.COMPLETED"}"#.utf8)
  private let authority: Authority

  static func with(
    name: String = name, days: Int = 2, _ use: (SignedEvents) async throws -> Void
  ) async throws {
    let folder = "/tmp/dropwire-events-\(UInt32.random(in: .min ... .max))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await use(SignedEvents(folder, name, days))
  }

  private init(_ folder: String, _ name: String, _ days: Int) throws {
    self.folder = folder
    authority = try Authority("root", in: folder)
    try Authority.openssl([
      "req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=\(name)", "-keyout",
      "\(folder)/leaf.key", "-out", "\(folder)/leaf.csr",
    ])
    try Data("basicConstraints=CA:FALSE\n".utf8).write(
      to: URL(fileURLWithPath: "\(folder)/leaf.ext"))
    try Authority.openssl([
      "x509", "-req", "-in", "\(folder)/leaf.csr", "-CA", authority.certificate, "-CAkey",
      "\(folder)/root.key", "-set_serial", "7", "-days", "\(days)", "-extfile",
      "\(folder)/leaf.ext", "-out", "\(folder)/leaf.pem",
    ])
  }

  /// The headers with which PayPal would send a body.
  func headers(for body: [UInt8], at date: Date = Date()) throws -> HTTPFields {
    let time = date.ISO8601Format()
    let text = "69cd13f0|\(time)|\(Self.webhookID)|\(CRC32.of(body))"
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/text"))
    try Authority.openssl([
      "dgst", "-sha256", "-sign", "\(folder)/leaf.key", "-out", "\(folder)/signature",
      "\(folder)/text",
    ])
    let signature = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/signature"))
    var headers = HTTPFields()
    headers[.named("PAYPAL-TRANSMISSION-ID")] = "69cd13f0"
    headers[.named("PAYPAL-TRANSMISSION-TIME")] = time
    headers[.named("PAYPAL-TRANSMISSION-SIG")] = signature.base64EncodedString()
    headers[.named("PAYPAL-CERT-URL")] = Self.url
    headers[.named("PAYPAL-AUTH-ALGO")] = "SHA256withRSA"
    return headers
  }

  func door(
    webhookID: String = webhookID, environment: Contract.Environment = .sandbox,
    roots: String? = nil, chains: CertificateChains? = nil
  ) -> PayPalDoor {
    let pem = try? String(contentsOfFile: roots ?? authority.certificate, encoding: .utf8)
    let leaf = "\(folder)/leaf.pem"
    return PayPalDoor(
      worlds: [
        .init(
          environment: environment, webhookID: webhookID,
          roots: CertificateChains.certificates(pem ?? ""), imitation: nil)
      ],
      certificates: chains
        ?? CertificateChains { _ in try? String(contentsOfFile: leaf, encoding: .utf8) },
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  /// The world of a body that is signed as it is.
  func environment(body other: [UInt8]? = nil) async throws -> Contract.Environment {
    let bytes = other ?? body
    return try await door().environment(headers(for: bytes), bytes)
  }

  func expectRefused(
    _ headers: HTTPFields, _ body: [UInt8], webhookID: String = webhookID,
    environment: Contract.Environment = .sandbox, roots: String? = nil,
    at place: SourceLocation = #_sourceLocation
  ) async throws {
    let door = door(webhookID: webhookID, environment: environment, roots: roots)
    let error = await #expect(throws: RPCError.self, sourceLocation: place) {
      try await door.environment(headers, body)
    }
    #expect(error?.code == .permissionDenied, sourceLocation: place)
    #expect(error?.reason?.code == "SIGNATURE", sourceLocation: place)
  }
}
