import AsyncHTTPClient
import Foundation
import NIOCore
import Support

@testable import Gateway

/// A gateway that PayPal and AliExpress tell what happens.
extension GatewayUnderTest {
  static let pushToken = "push-token-of-the-test"

  /// The settings by which it believes the sandbox's signatures.
  static func webhooks(_ cluster: Cluster) async throws -> [String: String] {
    let rootPath = "\(cluster.directory)/root.pem"
    try Data(try await cluster.sandbox.signingRoot().utf8)
      .write(to: URL(fileURLWithPath: rootPath))
    return [
      "DROPWIRE_SANDBOX_PAYPAL_WEBHOOK_ID": "WH-TEST",
      "DROPWIRE_SANDBOX_PAYPAL_WEBHOOK_ROOTS": rootPath,
      "DROPWIRE_SANDBOX_PAYPAL_WEBHOOK_CERTIFICATES": cluster.sandbox.url,
      "DROPWIRE_GATEWAY_ALIEXPRESS_PUSH_TOKEN": pushToken,
    ]
  }

  /// Tells the providers where it listens.
  static func listen(_ cluster: Cluster, at url: String) async throws {
    try await cluster.sandbox.settings([
      "webhookURL": "\(url)/api/paypal/webhook", "webhookID": "WH-TEST",
      "pushURL": "\(url)/api/aliexpress/push?token=\(pushToken)",
    ])
  }

  /// Waits until a notice was taken.
  @discardableResult
  func taken(_ type: String, about subject: String) async throws -> SandboxControl.Notice {
    try await eventually("\(type) about \(subject) is taken") {
      try await cluster.sandbox.notices(about: subject)
        .first { $0.type == type && $0.over && $0.status == 200 }
    }
  }

  /// Sends what was sent once more, as it was.
  func replay(_ notice: SandboxControl.Notice) async throws -> Answer {
    let sent = try await cluster.sandbox.sent(notice: notice.id)
    let path = sent.url.dropFirst(url.count)
    return try await send(
      "POST", String(path), body: sent.body, headers: sent.headers.map { ($0.key, $0.value) })
  }

  /// How often a service has kept an event.
  func timesKept(_ event: String) -> Int {
    cluster.logs().split(separator: "\n")
      .filter { $0.contains("event recorded") && $0.contains("\"\(event)\"") }.count
  }
}
