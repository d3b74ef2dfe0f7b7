import Foundation
import RPC
import SwiftASN1
import Synchronization
import X509

/// Certificates by their address, fetched once in a while.
final class CertificateChains: Sendable {
  /// What a chain may have: a leaf, and those between it and a root.
  static let lengthMax = 8
  private static let keptMax = 16
  private static let keptFor = Duration.seconds(12 * 3600)

  private struct Kept {
    let chain: [Certificate]
    let until: ContinuousClock.Instant
  }

  private let fetch: @Sendable (String) async -> String?
  private let kept = Mutex<[String: Kept]>([:])

  /// - Parameter fetch: gives the PEM at an address; nil when it cannot be had now.
  init(fetch: @escaping @Sendable (String) async -> String?) {
    self.fetch = fetch
  }

  /// The certificates at an address, the leaf first.
  ///
  /// - Throws: UNAVAILABLE when they cannot be had now, PERMISSION_DENIED when they are none.
  func chain(at url: String, now: ContinuousClock.Instant = .now) async throws(RPCError)
    -> [Certificate]
  {
    let found = kept.withLock { kept in kept[url].flatMap { $0.until > now ? $0.chain : nil } }
    if let found { return found }
    guard let text = await fetch(url) else {
      throw RPCError(
        .unavailable, "the certificate of the signature cannot be fetched now",
        reason: ErrorReason(code: "NO_CERTIFICATE"))
    }
    let chain = Self.certificates(text)
    guard (1...Self.lengthMax).contains(chain.count) else {
      throw PayPalSignature.refusal("there are no certificates at the address that it names")
    }
    kept.withLock { kept in
      if kept.count >= Self.keptMax { kept = [:] }
      kept[url] = Kept(chain: chain, until: now + Self.keptFor)
    }
    return chain
  }

  /// Those certificates of a PEM text that can be read, in order.
  static func certificates(_ text: String) -> [Certificate] {
    let documents = (try? PEMDocument.parseMultiple(pemString: text)) ?? []
    return documents.compactMap { try? Certificate(pemDocument: $0) }
  }
}
