import Contract
import Presentation
import Runtime

/// Purchases as people read them.
enum PurchasePages {
  static func table(_ purchases: [Purchase]) -> String {
    var table = Table([
      .left("order"), .left("state"), .right("reseller"), .left("path"), .right("tries"),
      .right("cost"), .left("supplier orders"), .left("updated"), .left("because"),
    ])
    for purchase in purchases {
      table.add([
        purchase.orderID, state(purchase), reseller(purchase), purchase.path,
        "\(purchase.attempts.count)", Shown.amount(purchase.landedCost),
        purchase.supplierOrderIDs.joined(separator: ", "), Shown.time(purchase.updatedAt),
        purchase.reason?.code ?? "",
      ])
    }
    return table.text(ifEmpty: "no purchases")
  }

  /// One purchase with everything that is known: where it stands, what it cost, each sending to the
  /// supplier, and what proved an outcome that was unknown.
  static func page(_ purchase: Purchase) -> String {
    let parts = [
      card(purchase), attempts(purchase.attempts), findings(purchase.findings),
      screenshots(purchase.attempts),
    ]
    return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  private static func card(_ purchase: Purchase) -> String {
    Table.card([
      ("order", purchase.orderID), ("state", state(purchase)),
      ("generation", "\(purchase.generation)"), ("environment", purchase.environment.word),
      ("reseller", reseller(purchase)), ("path", purchase.path),
      ("supplier orders", purchase.supplierOrderIDs.joined(separator: ", ")),
      ("items", Shown.amount(purchase.itemsCost)),
      ("shipping", Shown.amount(purchase.shippingCost)),
      ("tax", Shown.amount(purchase.taxCost)), ("landed cost", Shown.amount(purchase.landedCost)),
      ("paid by", purchase.fundedBy), ("because", Shown.reason(purchase.reason)),
      ("proven by", purchase.resolvedBy),
      ("pay by", Shown.time(purchase.payBy)), ("next at", Shown.time(purchase.nextAt)),
      ("created", Shown.time(purchase.createdAt)), ("updated", Shown.time(purchase.updatedAt)),
    ])
  }

  private static func attempts(_ attempts: [Attempt]) -> String {
    var table = Table([
      .right("try"), .left("path"), .left("key"), .left("outcome"), .left("sent"),
      .right("took"), .left("because"), .left("step"), .left("not by the API, since"),
    ])
    for attempt in attempts {
      table.add([
        "\(attempt.number)", attempt.path, attempt.key, Shown.word(attempt.outcome.shortName),
        Shown.time(attempt.startedAt), took(attempt), Shown.reason(attempt.reason), attempt.step,
        Shown.reason(attempt.pathReason),
      ])
    }
    return table.text(ifEmpty: "")
  }

  /// What the browser has seen, for those who look into it.
  private static func screenshots(_ attempts: [Attempt]) -> String {
    let names = attempts.flatMap(\.screenshots)
    return names.isEmpty ? "" : (["screenshots:"] + names).joined(separator: "\n  ")
  }

  private static func took(_ attempt: Attempt) -> String {
    guard let begin = attempt.startedAt, let end = attempt.endedAt else { return "" }
    return String(Shown.passed(end.milliseconds - begin.milliseconds).drop { $0 == "+" })
  }

  private static func findings(_ findings: [Finding]) -> String {
    var table = Table([
      .right("generation"), .left("found by"), .left("at"), .left("supplier orders"),
      .right("cost"), .left("nothing placed, since"),
    ])
    for finding in findings {
      table.add([
        "\(finding.generation)", finding.foundBy, Shown.time(finding.recordedAt),
        finding.supplierOrderIDs.joined(separator: ", "), Shown.amount(finding.landedCost),
        finding.notPlacedEvidence,
      ])
    }
    return table.text(ifEmpty: "")
  }

  static func state(_ purchase: Purchase) -> String { Shown.word(purchase.state.shortName) }

  private static func reseller(_ purchase: Purchase) -> String {
    purchase.userID == 0 ? "house" : "\(purchase.userID)"
  }
}
