import Contract
import Crypto
import Foundation
import Hummingbird
import NIOCore
import Outside
import RPC
import Runtime

/// Hands providers' messages to the service that they concern, and answers once they are stored.
///
/// **Invariant:** nothing is answered with 200 that is not stored, and one event is stored once,
/// however often it comes. What an event says counts only after the service has asked the provider.
enum ProviderEvents {
  /// An event of PayPal's, signed: payouts are the ledger's business, the rest that of orders.
  static func payPal(_ call: RouteCall) async throws -> Response {
    let environment = try await call.door.payPal.environment(call.headers, call.body)
    guard let event = try? JSON(parsing: ByteBuffer(bytes: call.body)),
      let id = event["id"]?.text, let type = event["event_type"]?.text
    else { throw RPCError(.invalidArgument, "the event has no id or no event_type") }
    let request = RecordProviderEventRequest(
      provider: "paypal", eventID: id, eventType: type, environment: environment,
      occurredAt: event["create_time"]?.text.flatMap { WebhookTime.read($0) } ?? now(),
      payload: call.body)
    let options = call.options.acting(as: .system)
    let isPayout = type.hasPrefix("PAYMENT.PAYOUTS")
    let answer =
      isPayout
      ? try await call.services.ledger.recordProviderEvent(request, options: options)
      : try await call.services.orders.recordProviderEvent(request, options: options)
    return .json(answer.json())
  }

  /// A push message of AliExpress'. It has no id, so the hash of its text is one; how it is signed is
  /// not documented, so it has to bring the token that its address was given.
  static func aliExpress(_ call: RouteCall) async throws -> Response {
    guard let token = call.door.aliExpressToken else {
      throw RPCError(
        .unimplemented, "AliExpress' push messages are not configured here",
        reason: ErrorReason(code: "NOT_CONFIGURED"))
    }
    guard token.reveal({ Self.isEqual($0, call.query.text("token")) }) else {
      throw RPCError(
        .permissionDenied, "the address has not the token that it was given",
        reason: ErrorReason(code: "SIGNATURE"))
    }
    guard let message = try? JSON(parsing: ByteBuffer(bytes: call.body)),
      let status = message["data"]?["orderStatus"]?.text,
      message["data"]?["orderId"]?.integer != nil
    else { throw RPCError(.invalidArgument, "the message has no data.orderId or orderStatus") }
    let sent = message["timestamp"]?.integer.flatMap { seconds -> Timestamp? in
      (0...4_102_444_800).contains(seconds) ? Timestamp(seconds: seconds, nanos: 0) : nil
    }
    let event = RecordProviderEventRequest(
      provider: "aliexpress", eventID: Base64URL.text(SHA256.hash(data: Data(call.body))),
      eventType: status, environment: call.environment(), occurredAt: sent ?? now(),
      payload: call.body)
    let options = call.options.acting(as: .system)
    let answer = try await call.services.purchasing.recordProviderEvent(event, options: options)
    // Orders asks purchasing about goods on their way, so purchasing hears first.
    _ = try await call.services.orders.recordProviderEvent(event, options: options)
    return .json(answer.json())
  }

  private static func now() -> Timestamp {
    Timestamp(seconds: Int64(Date().timeIntervalSince1970), nanos: 0)
  }

  /// In a time that does not tell where they differ.
  private static func isEqual(_ one: String, _ other: String) -> Bool {
    let (left, right) = (SHA256.hash(data: Data(one.utf8)), SHA256.hash(data: Data(other.utf8)))
    return left == right
  }
}
