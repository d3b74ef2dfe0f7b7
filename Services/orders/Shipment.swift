/// How the goods travel. A text that is not known is empty.
struct Shipment: Hashable, Sendable {
  var carrier = ""
  var trackingNumber = ""
  /// When we learned that they are on their way; milliseconds since the epoch, 0 when we have not.
  var shippedAt: Int64 = 0
  var deliveredAt: Int64 = 0
  /// When the carrier saw them last, and what it said.
  var carrierSeenAt: Int64 = 0
  var carrierSaid = ""
  /// How long after the carrier we learned of it, in milliseconds; nil where its time is not known.
  var shippedLag: Int64?
  var deliveredLag: Int64?
}
