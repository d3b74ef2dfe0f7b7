import Runtime

/// How late we learned that goods were shipped and delivered, since the process began.
final class ShipmentLags: Sendable {
  let shipped = LagRecorder("shipped")
  let delivered = LagRecorder("delivered")

  var all: [LagRecorder] { [shipped, delivered] }

  func record(_ milliseconds: Int64, of event: OrderEvent) {
    switch event {
    case .shipped: shipped.record(milliseconds: milliseconds)
    case .delivered: delivered.record(milliseconds: milliseconds)
    default: break
    }
  }
}
