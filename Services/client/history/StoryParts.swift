import Contract
import Presentation

/// What each service knows of an order, as lines of its story.
extension Story {
  /// The steps of the order itself.
  static func lines(_ events: [OrderEvent]) -> [Line] {
    events.map { event in
      let change =
        event.from == event.to
        ? OrderPages.state(event.to)
        : event.from == .unspecified
          ? OrderPages.state(event.to)
          : "\(OrderPages.state(event.from)) > \(OrderPages.state(event.to))"
      let detail = event.detail.isEmpty ? event.cause : "\(event.cause): \(event.detail)"
      let who = event.actor.isEmpty || event.actor == "system" ? "" : " (\(event.actor))"
      return line(event.recordedAt, .orders, change, detail + who)
    }
  }

  /// Each sending to the supplier, and what became of it.
  static func lines(_ purchase: Purchase) -> [Line] {
    var lines: [Line] = []
    for attempt in purchase.attempts {
      let name = "attempt \(attempt.number)"
      lines.append(
        line(attempt.startedAt, .purchasing, "\(name) sent", "\(attempt.path), key \(attempt.key)"))
      if attempt.endedAt != nil {
        let outcome = Shown.word(attempt.outcome.shortName)
        lines.append(
          line(attempt.endedAt, .purchasing, "\(name) \(outcome)", Shown.reason(attempt.reason)))
      }
    }
    var facts = [
      Shown.amount(purchase.landedCost),
      purchase.supplierOrderIDs.isEmpty
        ? "" : "supplier order " + purchase.supplierOrderIDs.joined(separator: ", "),
      purchase.resolvedBy.isEmpty ? "" : "resolved by \(purchase.resolvedBy)",
      Shown.reason(purchase.reason),
    ]
    facts.removeAll { $0.isEmpty }
    lines.append(
      line(
        purchase.updatedAt, .purchasing, "purchase \(Shown.word(purchase.state.shortName))",
        facts.joined(separator: ", ")))
    return lines
  }

  /// The entries of the journal.
  static func lines(_ entries: [JournalEntry]) -> [Line] {
    entries.map { entry in
      line(
        entry.recordedAt, .ledger, entry.kind,
        entry.postings.map(BookPages.posting).joined(separator: ", "))
    }
  }

  /// Each payout when it came up, and as it is now.
  static func lines(_ payouts: [Payout]) -> [Line] {
    var lines: [Line] = []
    for payout in payouts {
      lines.append(
        line(
          payout.createdAt, .ledger, "payout due",
          "\(payout.payoutID) \(Shown.amount(payout.due)) for \(payout.payee)"))
      guard payout.updatedAt != payout.createdAt || payout.state != .pending else { continue }
      let reason = Shown.reason(payout.reason)
      lines.append(
        line(
          payout.updatedAt, .ledger, "payout \(Shown.word(payout.state.shortName))",
          "\(payout.payoutID) \(Shown.amount(payout.amount ?? payout.due))"
            + (reason.isEmpty ? "" : ", \(reason)")))
    }
    return lines
  }

  private static func line(
    _ time: Timestamp?, _ service: ServiceName, _ what: String, _ detail: String
  ) -> Line {
    Line(at: time?.milliseconds ?? 0, service: service.rawValue, what: what, detail: detail)
  }
}
