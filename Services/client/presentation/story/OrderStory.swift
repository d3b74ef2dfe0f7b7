public import Contract

/// What happened to one order, over the three services, by time.
///
/// **Invariant:** what the services answer is told as it is; nothing is left out but that which says
/// nothing, and nothing is concluded. Pure.
public struct OrderStory: Sendable, Hashable {
  /// What the services know of an order; what could not be asked is empty.
  public struct Parts: Sendable {
    public var history: [OrderEvent]
    public var purchase: Purchase?
    public var entries: [JournalEntry]
    public var payouts: [Payout]

    public init(
      history: [OrderEvent] = [], purchase: Purchase? = nil, entries: [JournalEntry] = [],
      payouts: [Payout] = []
    ) {
      self.history = history
      self.purchase = purchase
      self.entries = entries
      self.payouts = payouts
    }
  }

  /// Oldest first.
  public let items: [StoryItem]

  /// Within one millisecond an order's own step comes last, since it follows what it records.
  public init(_ parts: Parts) {
    let all =
      (parts.purchase.map(Self.items) ?? []) + Self.items(parts.entries)
      + Self.items(parts.payouts) + parts.history.map(Self.item)
    items = all.enumerated().sorted { one, other in
      (one.element.at?.milliseconds ?? 0, one.offset)
        < (other.element.at?.milliseconds ?? 0, other.offset)
    }.map(\.element)
  }

  /// What goes by itself has nobody who did it.
  static func person(_ actor: String) -> String { actor == "system" ? "" : actor }

  /// Words of a name such as `captureBooked`: `Capture booked`.
  static func words(_ name: String) -> String {
    var text = ""
    for character in name {
      if character.isUppercase, !text.isEmpty { text += " " }
      text += text.isEmpty ? character.uppercased() : character.lowercased()
    }
    return text
  }
}
