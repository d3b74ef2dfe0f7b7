public import Contract
public import Outside
public import RPC

/// A message that a provider pushed, as the gateway took it in.
///
/// A hint: it only makes a service look. What it says counts once the provider has been asked.
public struct ProviderEvent: Hashable, Sendable {
  public static let payloadBytesMax = 256 * 1024

  /// Who sent it; its raw value is stored.
  public enum Provider: String, Sendable {
    case payPal = "paypal"
    case aliExpress = "aliexpress"
  }

  public let provider: Provider
  public let eventID: String
  public let eventType: String
  public let environment: Contract.Environment
  public let payload: [UInt8]
  /// When it happened, in milliseconds since the epoch; nil when that was not told.
  public let occurredAt: Int64?

  public init(
    provider: Provider, eventID: String, eventType: String, environment: Contract.Environment,
    payload: [UInt8], occurredAt: Int64? = nil
  ) {
    self.provider = provider
    self.eventID = eventID
    self.eventType = eventType
    self.environment = environment
    self.payload = payload
    self.occurredAt = occurredAt
  }

  public init(validating request: RecordProviderEventRequest) throws(InvalidFields) {
    var fields = Fields()
    let provider = Provider(rawValue: request.provider)
    if provider == nil {
      fields.reject(
        "provider", "is \"\(Fields.shown(request.provider))\"; it must be paypal or aliexpress")
    }
    let eventID = fields.text("event_id", request.eventID, isRequired: true)
    let eventType = fields.text("event_type", request.eventType, isRequired: true)
    let environment = fields.environment(request.environment)
    let occurredAt = fields.time("occurred_at", request.occurredAt)
    if request.payload.count > Self.payloadBytesMax {
      fields.reject(
        "payload",
        "has \(request.payload.count) bytes; it must have at most \(Self.payloadBytesMax)")
    }
    try fields.finish()
    guard let provider, let eventID, let eventType, let environment else { throw fields.refusal }
    self.init(
      provider: provider, eventID: eventID, eventType: eventType, environment: environment,
      payload: request.payload, occurredAt: occurredAt)
  }

  /// The event as its provider wrote it; nil when that is not JSON.
  public var json: JSON? { try? JSON(parsing: String(decoding: payload, as: UTF8.self)) }
}

extension Actor {
  /// Refuses people for what only comes from providers, through the gateway, or from an operator.
  public func requireReporter() throws(RPCError) {
    switch self {
    case .system, .operator: return
    case .reseller, .admin:
      throw RPCError(
        .permissionDenied, "\(description) may not record events of providers",
        reason: ErrorReason(code: "NOT_ALLOWED"))
    }
  }
}
