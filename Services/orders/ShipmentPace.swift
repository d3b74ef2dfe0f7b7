import Runtime

/// How often goods on their way are asked about, and when their silence is told; milliseconds.
struct ShipmentPace: Sendable {
  /// Pause after the purchase; it grows with the goods' age.
  var pauseMin: Int64 = 60 * 1000
  /// A supplier ships within days; three weeks leave room for its holidays.
  var shipWithin: Int64 = 21 * day
  /// Longer than a parcel lies anywhere that will be delivered.
  var stalledAfter: Int64 = 30 * day
  /// Longer than any parcel travels: the supplier's own protection of a buyer has ended by then.
  var endsAfter: Int64 = 120 * day

  static let pauseMax: Int64 = 6 * 3600 * 1000
  private static let day: Int64 = 24 * 3600 * 1000

  /// Pause before goods that were bought `age` ago are asked about again.
  func pause(age: Int64) -> Int64 { min(max(age / 8, pauseMin), max(Self.pauseMax, pauseMin)) }
}

extension Settings {
  mutating func shipmentPace() -> ShipmentPace {
    var pace = ShipmentPace()
    pace.pauseMin = Int64(
      int(
        "DROPWIRE_TRACKING_POLL_MILLISECONDS", default: Int(pace.pauseMin), in: 10...21_600_000,
        help: "Pause before purchasing is asked how far bought goods have come; longer as they get "
          + "older, six hours at most."))
    pace.shipWithin = seconds(
      "SHIP_SECONDS", pace.shipWithin, "Goods that were not shipped so long after their purchase")
    pace.stalledAfter = seconds(
      "STALL_SECONDS", pace.stalledAfter, "Goods that no carrier has seen for so long")
    pace.endsAfter = seconds(
      "END_SECONDS", pace.endsAfter, "Goods that were not delivered so long after their purchase")
    return pace
  }

  private mutating func seconds(_ name: String, _ milliseconds: Int64, _ which: String) -> Int64 {
    let seconds = int(
      "DROPWIRE_TRACKING_\(name)", default: Int(milliseconds / 1000), in: 1...100_000_000,
      help: "\(which) are shown as such, with who may act.")
    return Int64(seconds) * 1000
  }
}
