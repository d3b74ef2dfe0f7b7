import ArgumentParser
import Contract
import Presentation

/// `dropwire tracking`.
struct TrackingVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "tracking", abstract: "Ask the supplier how far an order's goods have come.",
    discussion: """
      The supplier is asked at most every half minute; what is shown says when that was. What orders \
      has recorded of it, `dropwire order` shows.

      EXAMPLES:
        dropwire tracking my-first
        dropwire tracking my-first --json
      """)

  @Argument(help: "The order.") var order: String
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let tracking = try await session.purchasing.getTracking(
      GetTrackingRequest(orderID: order), options: session.options)
    session.show(showing, json: tracking.json(pretty: true)) { TrackingPage.text(tracking) }
  }
}

/// How far goods have come, as people read it.
enum TrackingPage {
  static func text(_ tracking: Tracking) -> String {
    let card = Table.card([
      ("order", tracking.orderID), ("status", Shown.word(tracking.status)),
      ("supplier says", tracking.supplierStatus), ("carrier", tracking.carrier),
      ("tracking", tracking.trackingNumber), ("carrier says", tracking.lastSeen),
      ("carrier saw it", Shown.time(tracking.lastSeenAt)),
      ("first", Shown.time(tracking.firstSeenAt)), ("asked", Shown.time(tracking.updatedAt)),
      ("not newer because", Shown.reason(tracking.reason)),
    ])
    guard tracking.parcels.count > 1 else { return card }
    var table = Table([
      .left("supplier order"), .left("carrier"), .left("tracking"), .left("seen"),
      .left("carrier says"),
    ])
    for parcel in tracking.parcels {
      table.add([
        parcel.supplierOrderID, parcel.carrier, parcel.trackingNumber,
        Shown.time(parcel.lastSeenAt), parcel.lastSeen,
      ])
    }
    return card + "\n\n" + table.text(ifEmpty: "")
  }
}
