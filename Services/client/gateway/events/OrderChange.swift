import Contract
import NIOCore

/// An order as it is told to viewers, encoded once for all of them.
struct OrderChange: Sendable {
  let orderID: String
  let userID: Int64
  /// Milliseconds since the epoch.
  let updatedAt: Int64
  let event: ByteBuffer

  init(_ order: Order) {
    orderID = order.orderID
    userID = order.userID
    updatedAt = order.updatedAt?.milliseconds ?? 0
    event = Self.event("order", order.json())
  }

  /// A server-sent event. JSON without line breaks is one line.
  static func event(_ name: String, _ json: String) -> ByteBuffer {
    ByteBuffer(string: "event: \(name)\ndata: \(json)\n\n")
  }
}
