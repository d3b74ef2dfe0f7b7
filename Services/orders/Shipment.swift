/// How the goods travel. A text that is not known is empty.
struct Shipment: Hashable, Sendable {
  var carrier = ""
  var trackingNumber = ""
  /// When we learned that they are on their way; milliseconds since the epoch, 0 when we have not.
  var shippedAt: Int64 = 0
  var deliveredAt: Int64 = 0
}
