import Contract
import Crypto
import Foundation
import HTTPTypes
import Logging
import RPC
import SwiftASN1
import X509

/// Decides whether an event came from PayPal, without asking PayPal about it.
///
/// **Invariant:** a signature counts when its certificate was fetched from an address that is
/// allowed, leads to a root that is trusted for the world in question, is in time, has PayPal's name
/// for that world, and the signed text names the webhook that is configured there. Sandbox events
/// therefore never pass for real ones.
struct PayPalDoor: Sendable {
  /// One of PayPal's two worlds.
  struct World: Sendable {
    let environment: Contract.Environment
    /// Of our webhook, as PayPal shows it.
    let webhookID: String
    let roots: [Certificate]
    /// Such as `http://127.0.0.1:40123`, where PayPal is imitated; its certificates may come from
    /// there. Nil for PayPal itself.
    let imitation: String?

    /// The certificate's common name.
    var name: String {
      environment == .production
        ? "messageverificationcerts.paypal.com" : "messageverificationcerts.sandbox.paypal.com"
    }
  }

  let worlds: [World]
  let certificates: CertificateChains
  let logger: Logger

  /// The world that an event came from.
  ///
  /// - Throws: UNIMPLEMENTED when no webhook is configured, PERMISSION_DENIED (SIGNATURE),
  ///   UNAVAILABLE when the certificate cannot be fetched now.
  func environment(_ headers: HTTPFields, _ body: [UInt8]) async throws -> Contract.Environment {
    guard !worlds.isEmpty else {
      throw RPCError(
        .unimplemented, "no PayPal webhook is configured here",
        reason: ErrorReason(code: "NOT_CONFIGURED"))
    }
    let signature = try PayPalSignature(headers)
    let url = signature.certificateURL
    let possible = worlds.filter { Self.isAllowed(url, $0) }
    guard !possible.isEmpty else {
      throw PayPalSignature.refusal("its certificate is not at paypal.com")
    }
    let chain = try await certificates.chain(at: url)
    for world in possible where await isSigned(signature, body, chain, world) {
      return world.environment
    }
    throw PayPalSignature.refusal("the signature is not PayPal's")
  }

  /// Whether a certificate may come from an address: https at paypal.com, or the imitation.
  static func isAllowed(_ url: String, _ world: World) -> Bool {
    guard url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), !url.contains("\\"),
      let parts = URLComponents(string: url), parts.user == nil, parts.password == nil,
      // One certificate has one address: others for the same would drive out what is kept.
      parts.query == nil, parts.fragment == nil, let host = parts.host?.lowercased()
    else { return false }
    if let imitation = world.imitation { return url.hasPrefix(imitation + "/") }
    return parts.scheme == "https" && [nil, 443].contains(parts.port)
      && (host == "paypal.com" || host.hasSuffix(".paypal.com"))
  }

  private func isSigned(
    _ signature: PayPalSignature, _ body: [UInt8], _ chain: [Certificate], _ world: World
  ) async -> Bool {
    guard let leaf = chain.first, Self.commonName(leaf) == world.name else { return false }
    let text = signature.text(world.webhookID, body)
    let isValid = leaf.publicKey.isValidSignature(
      signature.signature, for: text, signatureAlgorithm: .sha256WithRSAEncryption)
    guard isValid else { return false }
    var verifier = Verifier(rootCertificates: CertificateStore(world.roots)) { RFC5280Policy() }
    let result = await verifier.validate(
      leaf: leaf, intermediates: CertificateStore(chain.dropFirst()))
    if case .validCertificate = result { return true }
    logger.warning("a PayPal certificate leads to no trusted root")
    return false
  }

  static func commonName(_ certificate: Certificate) -> String? {
    for name in certificate.subject {
      for attribute in name where attribute.type == .RDNAttributeType.commonName {
        return String(attribute.value)
      }
    }
    return nil
  }
}
