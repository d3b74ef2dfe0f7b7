import Outside

/// Reads the answer to `aliexpress.ds.order.tracking.get`.
extension AliExpressReading {
  /// The parcels of a supplier's order as the carriers tell of them; none before there is one, which
  /// is no failure.
  static func parcels(_ answer: AliExpressAnswer, of supplierOrderID: String) -> Reading<[Parcel]> {
    body(answer) { body in
      let result = body["result"] ?? body
      guard let isFound = result["ret"]?.bool else {
        return later("AliExpress answered without tracking")
      }
      guard isFound else {
        let code = result["code"]?.text ?? ""
        if code == noTracking { return .value([]) }
        return AliExpressError(code: code, message: result["msg"]?.text ?? "").reading()
      }
      let list = result["data"]?["tracking_detail_line_list"]
      let details = (list?["tracking_detail"] ?? list)?.elements ?? []
      return .value(details.compactMap { parcel($0, supplierOrderID) })
    }
  }

  /// What a fresh order is answered with.
  private static let noTracking = "1001"

  private static func parcel(_ json: JSON, _ supplierOrderID: String) -> Parcel? {
    guard let number = json["mail_no"]?.text, !number.isEmpty else { return nil }
    let nodes = json["detail_node_list"]
    // The newest comes first, as a rule; the times decide.
    let seen = (nodes?["detail_node"] ?? nodes)?.elements ?? []
    let times = seen.map { $0["time_stamp"]?.integer ?? 0 }.filter { $0 > 0 }
    let newest = seen.max { ($0["time_stamp"]?.integer ?? 0) < ($1["time_stamp"]?.integer ?? 0) }
    let words = newest?["tracking_detail_desc"]?.text ?? newest?["tracking_name"]?.text ?? ""
    return Parcel(
      supplierOrderID: supplierOrderID, carrier: json["carrier_name"]?.text ?? "",
      trackingNumber: number, firstSeenAt: times.min() ?? 0, lastSeenAt: times.max() ?? 0,
      lastSeen: String(words.prefix(wordsMax)))
  }

  /// What a carrier says is shown to people, not more of it than they read.
  private static let wordsMax = 200
}
