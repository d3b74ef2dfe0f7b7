import Contract
import Support

/// Payouts that need a person.
extension Operator {
  func payouts(in state: PayoutState) async throws -> [Payout] {
    var found: [Payout] = []
    var token = ""
    repeat {
      let page = try await cluster.ledger.listPayouts(
        .init(payee: "", orderID: "", state: state, pageSize: Self.pageSize, pageToken: token),
        options: Market.options)
      found += page.payouts
      token = page.nextPageToken
    } while !token.isEmpty
    return found
  }

  func lookAtPayouts() async throws {
    for state in [PayoutState.failed, .returned] {
      for payout in try await payouts(in: state) {
        if payout.reason?.code.isEmpty != false {
          notes.violated("payout \(payout.payoutID) ended without a reason", payout.orderID)
        }
        notes.did("RetryPayout")
        await attempt(payout.payoutID) {
          _ = try await cluster.ledger.retryPayout(
            .init(payoutID: payout.payoutID), options: Market.options)
        }
      }
    }
    for payout in try await payouts(in: .pending)
    where payout.reason?.code == "PLATFORM_BALANCE_TOO_LOW" {
      await attempt(payout.payoutID) { try await topUp(payout) }
    }
    try await recordFundings()
    for payout in try await payouts(in: .unclaimed) + payouts(in: .submitted) {
      await attempt(payout.payoutID) { try await help(payout) }
    }
  }

  /// PayPal said that its account holds too little. A top-up lets payouts go on; it is taken out again,
  /// since the simulated account never lacked anything.
  private func topUp(_ payout: Payout) async throws {
    let isNew = fundings.plan("\(payout.key)\(payout.generation)")
    if isNew { notes.did("RecordFunding") }
    try await recordFundings()
  }

  /// Records what was begun, also when a service was away meanwhile.
  func recordFundings() async throws {
    while let next = fundings.open.first {
      _ = try await cluster.ledger.recordFunding(next, options: Market.options)
      fundings.isRecorded(next)
    }
  }

  private func help(_ payout: Payout) async throws {
    let item = payout.key + String(payout.generation)
    switch payout.reason?.code {
    case "NOT_CLAIMED", "HELD_BY_PAYPAL":
      notes.did("payout let through at PayPal")
      try await cluster.sandbox.movePayout(item, to: "SUCCESS")
    case "AMOUNT_DIFFERS", "ITEM_MISSING": try await attest(payout, item)
    default: return
    }
  }

  /// Says what PayPal's list of transfers shows, once that is not under way any more.
  private func attest(_ payout: Payout, _ item: String) async throws {
    let sent = try await cluster.sandbox.truth(order: item).paypal.payouts.first {
      $0.senderItemID == item
    }
    if let sent, ["PENDING", "UNCLAIMED", "ONHOLD"].contains(sent.status) {
      return try await cluster.sandbox.movePayout(item, to: "SUCCESS")
    }
    notes.did("AttestPayout")
    var request = AttestPayoutRequest(
      payoutID: payout.payoutID, finding: .notSent, evidence: "no transfer \(item) at PayPal")
    if let sent, sent.status == "SUCCESS" {
      request.finding = .paid
      request.evidence = "the transfer \(item) at PayPal"
      request.sent = .init(minorUnits: cents(sent.amount), currency: "USD")
      request.fee = .init(minorUnits: cents(sent.fee), currency: "USD")
    }
    _ = try await cluster.ledger.attestPayout(request, options: Market.options)
  }
}

extension Payout {
  /// What all its transfers are called at PayPal, but for the generation.
  var key: String { payoutID.replacing("/", with: "-") + "-" }
}

/// Cents of a decimal text such as 18.20; what is no amount is none.
func cents(_ decimal: String) -> Int64 {
  let parts = decimal.split(separator: ".")
  guard parts.count == 2, parts[1].count == 2 else { return 0 }
  return Int64(parts.joined()) ?? 0
}
