import Contract
import Logging
import Money
import Outside
import Runtime
import Store

/// Carries out the intents of payouts: sends what is due, asks what became of it.
///
/// A payout is SUBMITTED, with its posting, amount, recipient and key, before PayPal is called. An
/// unknown outcome is repeated under the same key, which PayPal answers with the first batch.
struct PayoutWork: Sendable {
  let store: Store
  let gateway: any PayoutGateway
  /// Pause before the first look at a batch.
  let pollMilliseconds: Int64
  let logger: Logger

  /// What the intent runner calls, by kind.
  var handlers: [String: @Sendable (Intent) async throws -> Void] {
    [
      PayoutStore.submitIntent: { try await submit($0) },
      PayoutStore.pollIntent: { try await poll($0) },
    ]
  }

  private func submit(_ intent: Intent) async throws {
    let payoutID = intent.subject
    let gateway = gateway
    let preparation = try await store.write { transaction in
      try PayoutStore(transaction: transaction).prepare(payoutID) {
        gateway.isConfigured(for: $0)
      }
    }
    switch preparation {
    case .settled: return
    case .waits(let payout, let reason):
      if payout.reason?.code != reason.code {
        log(.info, "payout waits", payout, ["reason": "\(reason.code.rawValue)"])
      }
    case .tooLate(let payout):
      log(.error, "payout's outcome is unknown for too long", payout)
    case .send(let payout, let isUntried):
      CrashPoint.reached(LedgerStep.payoutSubmitCommitted)
      if isUntried { log(.info, "payout submitted", payout) }
      try await send(payout, isUntried: isUntried, attempts: intent.attempts)
    }
  }

  private func send(_ payout: Payout, isUntried: Bool, attempts: Int) async throws {
    guard let transfer = Transfer(payout) else { return }
    let outcome = await gateway.submit(transfer)
    CrashPoint.reached(LedgerStep.payoutSent)
    switch outcome {
    case .done(let report):
      let poll = pollMilliseconds
      try await store.write { transaction in
        try PayoutStore(transaction: transaction).accept(
          payout, report, pollAt: transaction.now + poll)
      }
      CrashPoint.reached(LedgerStep.payoutAcceptedCommitted)
    case .refused(let refusal):
      try await refused(payout, refusal, isUntried: isUntried, attempts: attempts)
    case .unknown(let text):
      log(.warning, "payout's outcome is unknown", payout, ["cause": "\(text)"])
      let reason = PayoutReason(
        code: .outcomeUnknown,
        text: "PayPal's answer was lost; the same request is repeated until it is known",
        owner: "nobody")
      try await repeatLater(payout, reason, .unknown, attempts, retryAfterSeconds: nil)
    }
  }

  private func refused(
    _ payout: Payout, _ refusal: Refusal, isUntried: Bool, attempts: Int
  ) async throws {
    let verdict = PayoutRules.verdict(
      of: refusal.code, isTransient: refusal.isTransient, isUntried: isUntried)
    if verdict == .ended { return try await refuse(payout, refusal) }
    let reason = PayoutReason(
      code: verdict == .notTaken ? .payPalUnavailable : .outcomeUnknown, text: refusal.text,
      owner: "nobody", providerCode: refusal.code)
    try await repeatLater(
      payout, reason, verdict == .notTaken ? .submitted : .unknown, attempts,
      retryAfterSeconds: refusal.retryAfterSeconds)
  }

  private func repeatLater(
    _ payout: Payout, _ reason: PayoutReason, _ state: Payout.State, _ attempts: Int,
    retryAfterSeconds: Int?
  ) async throws {
    let delay = PayoutRules.repeatDelay(
      attempts: attempts, retryAfterSeconds: retryAfterSeconds)
    try await store.write { transaction in
      try PayoutStore(transaction: transaction).postpone(
        payout, intent: PayoutStore.submitIntent, reason, state: state,
        until: transaction.now + delay)
    }
  }

  private func refuse(_ payout: Payout, _ refusal: Refusal) async throws {
    let isFunds = refusal.code == "INSUFFICIENT_FUNDS"
    let reason = PayoutReason(
      code: isFunds ? .platformBalanceTooLow : .refusedByPayPal,
      text: "PayPal refused the payout: \(refusal.text)", owner: "platform",
      providerCode: refusal.code)
    try await store.write { transaction in
      try PayoutStore(transaction: transaction).reverse(
        payout, to: isFunds ? .pending : .failed, reason, itemID: "")
    }
    log(
      isFunds ? .warning : .error, "payout refused", payout,
      ["code": "\(refusal.code)", "text": "\(refusal.text)"])
  }

  private func poll(_ intent: Intent) async throws {
    let payoutID = intent.subject
    let found = try await store.read { transaction in
      try PayoutStore(transaction: transaction).payout(payoutID)
    }
    guard let payout = found, let transfer = Transfer(payout), payout.isSent else {
      try await store.write { try $0.complete(PayoutStore.pollIntent, payoutID) }
      return
    }
    let outcome = await gateway.look(atBatch: payout.batchID, of: transfer)
    CrashPoint.reached(LedgerStep.payoutPolled)
    switch outcome {
    case .done(let report): try await settle(payout, report)
    case .refused(let refusal):
      if !refusal.isTransient {
        log(.error, "payout's batch cannot be read", payout, ["code": "\(refusal.code)"])
      }
      try await lookLater(payout, retryAfterSeconds: refusal.retryAfterSeconds)
    case .unknown: try await lookLater(payout, retryAfterSeconds: nil)
    }
  }

  private func settle(_ payout: Payout, _ report: TransferReport) async throws {
    let itemID = report.item?.itemID ?? ""
    switch PayoutRules.verdict(report) {
    case .paid where payout.state == .paid, .open where payout.state == .paid:
      try await store.write { try $0.complete(PayoutStore.pollIntent, payout.payoutID) }
    case .paid(let fee):
      try await store.write { transaction in
        try PayoutStore(transaction: transaction).pay(payout, itemID: itemID, fee: fee)
      }
      CrashPoint.reached(LedgerStep.payoutPaidCommitted)
      log(.info, "payout paid", payout)
    case .ended(let state, let reason):
      try await store.write { transaction in
        try PayoutStore(transaction: transaction).reverse(
          payout, to: state, reason, itemID: itemID)
      }
      log(.error, "payout failed", payout, ["code": "\(reason.providerCode)"])
    case .open(let state, let reason):
      let base = pollMilliseconds
      try await store.write { transaction in
        let delay = PayoutRules.pollDelay(
          age: transaction.now - payout.submittedAt, base: base)
        try PayoutStore(transaction: transaction).postpone(
          payout, intent: PayoutStore.pollIntent, reason, state: state,
          until: transaction.now + delay)
      }
    }
  }

  private func lookLater(_ payout: Payout, retryAfterSeconds: Int?) async throws {
    let base = pollMilliseconds
    try await store.write { transaction in
      let delay = PayoutRules.pollDelay(age: transaction.now - payout.submittedAt, base: base)
      let told = retryAfterSeconds.map { Int64(min($0, 3600)) * 1000 } ?? 0
      try PayoutStore(transaction: transaction).postpone(
        payout, intent: PayoutStore.pollIntent, payout.reason, state: payout.state,
        until: transaction.now + max(delay, told))
    }
  }

  private func log(
    _ level: Logger.Level, _ message: Logger.Message, _ payout: Payout,
    _ more: Logger.Metadata = [:]
  ) {
    var metadata: Logger.Metadata = [
      "payout": "\(payout.payoutID)", "generation": "\(payout.generation)",
    ]
    if !payout.orderID.isEmpty { metadata["order"] = "\(payout.orderID)" }
    metadata.merge(more) { _, new in new }
    logger.log(level: level, message, metadata: metadata)
  }
}

extension Payout {
  /// Whether PayPal has it and can still say something new about it.
  var isSent: Bool {
    !batchID.isEmpty && [.submitted, .unclaimed, .unknown, .paid].contains(state)
  }
}

extension Transfer {
  /// The transfer of a payout's newest generation; nil before anything was fixed.
  init?(_ payout: Payout) {
    guard let amount = payout.amount, payout.generation > 0 else { return nil }
    self.init(
      environment: payout.environment, senderItemID: payout.senderItemID(payout.generation),
      receiver: payout.recipientEmail, amount: amount)
  }
}
