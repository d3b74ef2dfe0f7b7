import Contract
import Store

extension Shipment {
  /// What was told about goods on their way, by the carrier or by a person.
  struct Told: Sendable {
    let carrier: String
    let trackingNumber: String
    /// Milliseconds since the epoch; 0 when the carrier has told nothing.
    var seenAt: Int64 = 0
    var said = ""
    /// When they arrived, as a person says; 0 otherwise.
    var deliveredAt: Int64 = 0
  }
}

extension Shipment.Told {
  init(_ tracking: Tracking) {
    self.init(
      carrier: tracking.carrier, trackingNumber: tracking.trackingNumber,
      seenAt: tracking.lastSeenAt?.milliseconds ?? 0, said: tracking.lastSeen)
  }
}

extension OrderStore {
  /// What becomes known with an event of tracking.
  func shipmentFacts(
    _ event: OrderEvent, _ known: Shipment, _ told: Shipment.Told, lag: Int64?
  ) -> [Fact] {
    var facts: [Fact] = []
    if !told.trackingNumber.isEmpty {
      facts.append(.init("carrier", .text(told.carrier)))
      facts.append(.init("trackingNumber", .text(told.trackingNumber)))
    }
    if told.seenAt > known.carrierSeenAt {
      facts.append(.init("carrierSeenAt", .integer(told.seenAt)))
      facts.append(.init("carrierSaid", .text(told.said)))
    }
    if known.shippedAt == 0 { facts.append(.init("shippedAt", .integer(transaction.now))) }
    if event == .shipped { facts.append(.init("shippedLag", .optional(lag))) }
    if event == .delivered {
      let at = told.deliveredAt == 0 ? transaction.now : told.deliveredAt
      facts.append(.init("deliveredAt", .integer(at)))
      facts.append(.init("deliveredLag", .optional(lag)))
    }
    return facts
  }
}
