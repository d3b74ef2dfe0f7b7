import Contract
import Money
import Runtime

/// What a call to reconcile says, read and right by itself.
struct ReconcileRequest: Sendable {
  /// Most supplier orders that one purchase may be recorded with.
  static let supplierOrdersMax = 20

  let orderID: String
  /// 0 for the newest.
  let generation: Int
  /// Nil to look it up by repeating the request.
  let finding: Finding.Content?
  /// The person whose word it is.
  let foundBy: String

  /// - Throws: `InvalidFields`; PERMISSION_DENIED when the word is a reseller's, or nobody's.
  init(_ request: ReconcilePurchaseRequest, _ actor: Actor) throws {
    var fields = Fields()
    let orderID = fields.id("order_id", request.orderID)
    let evidence = fields.text("not_placed_evidence", request.notPlacedEvidence)
    let ids = fields.supplierOrders(request.supplierOrderIDs)
    let person = fields.person(request.foundBy, for: actor)
    var cost: Amount?
    if let given = request.landedCost { cost = fields.amount("landed_cost", given, .zeroOrMore) }
    if !request.supplierOrderIDs.isEmpty && !request.notPlacedEvidence.isEmpty {
      fields.reject("not_placed_evidence", "contradicts supplier_order_ids; give one of them")
    }
    let least: Int32 = request.notPlacedEvidence.isEmpty ? 0 : 1
    if !(least...PurchasingService.generationMax).contains(request.generation) {
      fields.reject(
        "generation",
        "is \(request.generation); it must be the generation that was looked for, "
          + "\(least) at least")
    }
    try fields.finish()
    guard let orderID, let evidence, let ids, let person else { throw fields.refusal }
    self.orderID = orderID
    generation = Int(request.generation)
    foundBy = "\(person)"
    if !ids.isEmpty {
      finding = .placed(ids: ids, cost: cost)
    } else {
      finding = evidence.isEmpty ? nil : .notPlaced(evidence: evidence)
    }
    if finding == nil { return }
    try person.requirePlatform("tell what became of an unknown purchase")
    if person == .system {
      throw PurchasingError.notAllowed(
        actor: "system", what: "tell what became of an unknown purchase without naming the person")
    }
  }
}

extension Fields {
  /// Each order of the supplier once.
  fileprivate mutating func supplierOrders(_ ids: [String]) -> [String]? {
    if ids.count > ReconcileRequest.supplierOrdersMax {
      reject(
        "supplier_order_ids",
        "has \(ids.count) ids; at most \(ReconcileRequest.supplierOrdersMax) are taken")
      return nil
    }
    if let wrong = ids.first(where: { !AliExpressReading.isID($0) }) {
      reject(
        "supplier_order_ids",
        "\"\(Self.shown(wrong))\" is no order id; it must be 1 to 20 digits")
      return nil
    }
    return ids.reduce(into: []) { all, id in if !all.contains(id) { all.append(id) } }
  }

  /// Whose word it is: the caller's, or the person's that a service names.
  fileprivate mutating func person(_ text: String, for actor: Actor) -> Actor? {
    if text.isEmpty { return actor }
    if let person = Actor(text), actor == .system || actor == person { return person }
    reject(
      "found_by",
      "is \"\(Self.shown(text))\"; it must be admin:ID or operator:NAME, and only a service "
        + "passes on another's word")
    return nil
  }
}
