import Contract
import Logging
import Runtime
import Store

extension PurchaseWork {
  /// Without a way to the supplier nothing is placed. What was placed, or may have been, waits for
  /// the credentials.
  func stop(
    _ situation: PurchaseStore.Situation, _ reason: PurchaseReason, _ use: CredentialStore.Use?
  ) async throws {
    let purchase = situation.purchase
    let content = purchase.content
    let repeats = repeats.mayRepeat(in: content.environment)
    let isPlacing = Self.isPlacing(situation)
    try await store.write { transaction in
      let purchases = PurchaseStore(transaction: transaction)
      if let use {
        let key = CredentialKey(userID: content.userID, environment: content.environment)
        try CredentialStore(transaction: transaction).record(use, of: key)
      }
      if isPlacing { return try purchases.refuse(purchase, reason) }
      let pause = PlacingRules.pauseMax
      if purchase.state == .awaitingSupplierPayment {
        let age = transaction.now - purchase.placedAt
        let until = transaction.now + max(pause, PaymentRules.pollPause(age: age))
        return try purchases.wait(purchase, reason, until: until)
      }
      try purchases.endInterrupted(situation.attempts, of: purchase, reason)
      let tries = purchase.state == .unknown ? purchase.tries + 1 : 0
      let obstacle = PlacingRules.obstacle(
        purchase, mayRepeat: repeats, now: transaction.now + pause, tries: tries)
      try purchases.unknown(
        purchase, obstacle ?? reason, until: obstacle == nil ? transaction.now + pause : nil,
        tries: tries)
    }
    log(.warning, "purchase has no way to the supplier", purchase, reason)
  }

  /// Whether nothing was sent that may have arrived.
  static func isPlacing(_ situation: PurchaseStore.Situation) -> Bool {
    let state = situation.purchase.state
    return state == .requested || (state == .placing && situation.purchase.isInShop)
      || (state == .placing && situation.attempts.last?.outcome == .notAccepted)
  }

  // MARK: New tokens

  /// Has the tokens renewed, and waits for them: who renews them wakes the purchase. One that nothing
  /// was sent for does not wait longer than for anything else that passes.
  func waitForTokens(
    _ situation: PurchaseStore.Situation, _ reason: PurchaseReason, _ sealed: SealedCredentials
  ) async throws {
    let purchase = situation.purchase
    let content = purchase.content
    let repeats = repeats.mayRepeat(in: content.environment)
    let isPlacing = Self.isPlacing(situation)
    let isNew = purchase.reason?.code != reason.code
    try await store.write { transaction in
      let purchases = PurchaseStore(transaction: transaction)
      try CredentialStore(transaction: transaction).wantRefresh(sealed, by: "system")
      let now = transaction.now
      let conclusion = PlacingRules.tryAgain(
        reason, purchase, retryAfterSeconds: nil, now: now)
      let until = now + PlacingRules.pauseMax
      if isPlacing, case .refused(let reason) = conclusion {
        try purchases.refuse(purchase, reason)
      } else if isPlacing || purchase.state == .awaitingSupplierPayment {
        try purchases.wait(purchase, reason, until: until)
      } else {
        try purchases.endInterrupted(situation.attempts, of: purchase, reason)
        let tries = purchase.state == .unknown ? purchase.tries + 1 : 0
        let obstacle = PlacingRules.obstacle(
          purchase, mayRepeat: repeats, now: until, tries: tries)
        try purchases.unknown(
          purchase, obstacle ?? reason, until: obstacle == nil ? until : nil, tries: tries)
      }
    }
    if isNew { log(.info, "purchase waits for new tokens", purchase, reason) }
  }

  /// After the supplier called the access token invalid: has it renewed once, and lets the purchase
  /// wait and then repeat its step, under the same key.
  ///
  /// - Parameter attempt: the sending that was answered so; it was certainly not accepted.
  /// - Returns: nil when it waits; else why it goes no further, which is the given reason unless that
  ///   was about the token.
  func cured(_ reason: PurchaseReason, attempt: Int?, _ run: inout Run) async throws
    -> PurchaseReason?
  {
    guard reason.isTokenRefused else { return reason }
    let purchase = run.purchase
    let key = CredentialKey(
      userID: purchase.content.userID, environment: purchase.content.environment)
    let version = run.credentialVersion
    let closed = try await commit(&run) { purchases -> PurchaseReason? in
      let now = purchases.transaction.now
      let cure = try CredentialStore(transaction: purchases.transaction).tokenRefused(
        key, version: version, actor: "system", providerCode: reason.providerCode)
      if case .closed(let reason) = cure { return reason }
      let waits = CredentialRules.renewing(key, providerCode: reason.providerCode)
      if let attempt { try purchases.end(purchase, attempt: attempt, .notAccepted, waits) }
      try purchases.wait(
        purchase, waits, until: cure == .repeatNow ? now : now + PlacingRules.pauseMax)
      return nil
    }
    if closed == nil { log(.info, "purchase waits for new tokens", purchase, reason) }
    return closed
  }
}
