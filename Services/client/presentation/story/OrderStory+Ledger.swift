import Contract

/// What the ledger booked for an order, and whom it pays.
extension OrderStory {
  static func items(_ entries: [JournalEntry]) -> [StoryItem] {
    entries.map { entry in
      StoryItem(
        at: entry.recordedAt, service: .ledger, title: "Booked: \(words(entry.kind).lowercased())",
        who: person(entry.recordedBy),
        facts: StoryItem.facts([("Entry", .code(entry.entryID))]), postings: entry.postings)
    }
  }

  /// Each payout when it came up, and as it is now.
  static func items(_ payouts: [Payout]) -> [StoryItem] {
    payouts.flatMap { payout in
      let isNew = payout.updatedAt == payout.createdAt && payout.state == .pending
      return [due(payout)] + (isNew ? [] : [standing(payout)])
    }
  }

  private static func due(_ payout: Payout) -> StoryItem {
    StoryItem(
      at: payout.createdAt, service: .ledger,
      title: "Payout to \(Shown.payee(payout.payee)) came up",
      facts: StoryItem.facts([
        ("Due", .amount(payout.due)), ("Payout", .code(payout.payoutID)),
      ]))
  }

  private static func standing(_ payout: Payout) -> StoryItem {
    let (outcome, tone) = meaning(payout.state)
    return StoryItem(
      at: payout.updatedAt, service: .ledger,
      title: "Payout to \(Shown.payee(payout.payee)) \(outcome)",
      tone: tone, text: payout.reason?.text ?? "",
      facts: StoryItem.facts([
        ("Reason", .code(payout.reason?.code ?? "")),
        ("Amount", .amount(payout.amount ?? payout.due)), ("Fee", .amount(payout.fee)),
        ("Sent to", .text(payout.recipientEmail)), ("Payout", .code(payout.payoutID)),
        ("Carried by", .code(payout.coveredBy)), ("Batch", .code(payout.paypalBatchID)),
        ("Goes on", payout.nextAt.map { .time($0) }),
      ]))
  }

  private static func meaning(_ state: PayoutState) -> (String, StoryItem.Tone) {
    switch state {
    case .notDue: ("is not due", .plain)
    case .pending: ("waits", .warn)
    case .submitted: ("is on its way", .plain)
    case .paid: ("is paid", .good)
    case .unclaimed: ("is not claimed", .warn)
    case .returned: ("came back", .bad)
    case .failed: ("failed", .bad)
    case .unknown: ("may have gone out", .bad)
    case .unspecified, .unrecognized: (state.shortName.lowercased(), .plain)
    }
  }
}
