import Contract

/// What purchasing did for an order.
extension OrderStory {
  static func items(_ purchase: Purchase) -> [StoryItem] {
    purchase.attempts.map(item) + purchase.findings.map(item) + [standing(purchase)]
  }

  private static func item(_ attempt: Attempt) -> StoryItem {
    let path =
      attempt.path == "browser" ? "in the shop's pages" : attempt.path == "api" ? "by the API" : ""
    let (outcome, tone) = meaning(attempt.outcome)
    var took: StoryItem.Fact.Value?
    if let begin = attempt.startedAt, let end = attempt.endedAt {
      took = .length(end.milliseconds - begin.milliseconds)
    }
    return StoryItem(
      at: attempt.startedAt, service: .purchasing,
      title: "Try \(attempt.number) \(path): \(outcome)", tone: tone,
      text: attempt.reason?.text ?? "",
      facts: StoryItem.facts([
        ("Reason", .code(attempt.reason?.code ?? "")),
        ("Supplier's code", .code(attempt.reason?.providerCode ?? "")),
        ("Not by the API, since", .reason(attempt.pathReason)), ("Key", .code(attempt.key)),
        ("Step", .text(attempt.step)), ("Took", took),
        ("About to confirm", attempt.confirmingAt.map { .time($0) }),
      ]), screenshots: attempt.screenshots)
  }

  private static func meaning(_ outcome: AttemptOutcome) -> (String, StoryItem.Tone) {
    switch outcome {
    case .started: ("under way", .plain)
    case .placed: ("placed", .good)
    case .refused: ("refused", .bad)
    case .unknown: ("outcome unknown", .bad)
    case .notAccepted: ("not taken, tried again", .warn)
    case .unspecified, .unrecognized: (outcome.shortName.lowercased(), .plain)
    }
  }

  private static func item(_ finding: Finding) -> StoryItem {
    let wasPlaced = !finding.supplierOrderIDs.isEmpty
    return StoryItem(
      at: finding.recordedAt, service: .purchasing,
      title: wasPlaced ? "A person found the order" : "A person found that nothing was bought",
      who: finding.foundBy, text: finding.notPlacedEvidence,
      facts: StoryItem.facts([
        ("Supplier's order", .code(finding.supplierOrderIDs.joined(separator: ", "))),
        ("Cost", .amount(finding.landedCost)),
      ]))
  }

  /// As it is now.
  private static func standing(_ purchase: Purchase) -> StoryItem {
    let (title, tone) = meaning(purchase.state)
    return StoryItem(
      at: purchase.updatedAt, service: .purchasing, title: title, tone: tone,
      text: purchase.reason?.text ?? "",
      facts: StoryItem.facts([
        ("Reason", .code(purchase.reason?.code ?? "")),
        ("Supplier's order", .code(purchase.supplierOrderIDs.joined(separator: ", "))),
        ("Items", .amount(purchase.itemsCost)), ("Shipping", .amount(purchase.shippingCost)),
        ("Tax", .amount(purchase.taxCost)), ("Cost", .amount(purchase.landedCost)),
        ("Paid by", .text(purchase.fundedBy)), ("Proven by", .text(words(purchase.resolvedBy))),
        ("To be paid by", purchase.payBy.map { .time($0) }),
        ("Goes on", purchase.nextAt.map { .time($0) }),
      ]))
  }

  private static func meaning(_ state: PurchaseState) -> (String, StoryItem.Tone) {
    switch state {
    case .requested: ("Purchase requested", .plain)
    case .placing: ("Purchase under way", .plain)
    case .awaitingSupplierPayment: ("Placed, waits for its payment", .warn)
    case .purchased: ("Placed and paid", .good)
    case .unknown: ("Outcome of the purchase is being looked up", .bad)
    case .refused: ("Purchase ended without goods", .bad)
    case .closed: ("Supplier closed its order", .bad)
    case .unspecified, .unrecognized: (words(state.shortName.lowercased()), .plain)
    }
  }
}
