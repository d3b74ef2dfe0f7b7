import Contract
import Foundation
import HTTPTypes
import RPC

/// What PayPal's headers say about who sent an event. Believed once it has been checked.
///
/// Signed is the text `transmission id|transmission time|webhook id|CRC-32 of the body`, by
/// SHA256withRSA. Source: https://developer.paypal.com/api/rest/webhooks/rest/
struct PayPalSignature: Sendable {
  static let algorithm = "SHA256withRSA"
  /// PayPal tries for three days to deliver an event.
  static let age = Duration.seconds(4 * 86_400)
  /// By which its clock may be before ours.
  static let lead = Duration.seconds(3600)

  let transmissionID: String
  let transmissionTime: String
  let certificateURL: String
  let signature: [UInt8]

  /// - Throws: PERMISSION_DENIED (SIGNATURE) when a header is missing or cannot be one.
  init(_ headers: HTTPFields, now: Date = Date()) throws(RPCError) {
    func header(_ name: String) throws(RPCError) -> String {
      guard let value = headers[.named("PAYPAL-\(name)")], (1...512).contains(value.utf8.count)
      else { throw Self.refusal("the header PAYPAL-\(name) is missing or too long") }
      return value
    }
    transmissionID = try header("TRANSMISSION-ID")
    transmissionTime = try header("TRANSMISSION-TIME")
    certificateURL = try header("CERT-URL")
    guard try header("AUTH-ALGO") == Self.algorithm else {
      throw Self.refusal("the algorithm must be \(Self.algorithm)")
    }
    guard let bytes = Data(base64Encoded: try header("TRANSMISSION-SIG")) else {
      throw Self.refusal("the signature is not base 64")
    }
    signature = [UInt8](bytes)
    guard let time = Self.seconds(transmissionTime) else {
      throw Self.refusal("the time of transmission is none")
    }
    let sent = Duration.seconds(Int64(now.timeIntervalSince1970) - time)
    guard sent <= Self.age, sent >= .zero - Self.lead else {
      throw Self.refusal("it was transmitted days ago, or will be")
    }
  }

  /// The text that was signed for a webhook.
  func text(_ webhookID: String, _ body: [UInt8]) -> [UInt8] {
    Array("\(transmissionID)|\(transmissionTime)|\(webhookID)|\(CRC32.of(body))".utf8)
  }

  static func refusal(_ text: String) -> RPCError {
    RPCError(
      .permissionDenied, "this is no event of PayPal's: \(text)",
      reason: ErrorReason(code: "SIGNATURE"))
  }

  /// Of a time such as 2026-11-20T10:00:00Z, since 1970.
  static func seconds(_ text: String) -> Int64? { WebhookTime.read(text)?.seconds }
}

/// Times as providers write them.
enum WebhookTime {
  /// Nil for what is no time.
  static func read(_ text: String) -> Timestamp? {
    try? Timestamp(jsonValue: .string(text))
  }
}
