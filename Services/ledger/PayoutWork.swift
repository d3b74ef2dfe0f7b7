import Contract
import Logging
import Money
import Outside
import PayPal
import Runtime
import Store

/// Carries out the intents of payouts: sends what is due, asks what became of it.
///
/// A lane sends one batch at a time, of all that is due then. A lone payout goes out at once, and under
/// load a call carries many. A batch is committed, with its payouts'
/// postings, amounts, recipients and keys, before PayPal is called. An unknown outcome is repeated
/// under the same key, which PayPal answers with the first batch; the lane goes on meanwhile.
struct PayoutWork: Sendable {
  let store: Store
  let gateway: any PayoutGateway
  /// Pause before the first look at a batch.
  let pollMilliseconds: Int64
  /// Most payouts in a batch.
  var itemsMax = 1000
  let logger: Logger
  private let pace = LanePace()

  /// What the intent runner calls, by kind.
  var handlers: [String: @Sendable (Intent) async throws -> Void] {
    [
      PayoutStore.sendIntent: { try await send($0) },
      PayoutStore.repeatIntent: { try await repeatBatch($0) },
      PayoutStore.pollIntent: { try await poll($0) },
    ]
  }

  /// Takes over what a process that died was sending. Called once, before the runner runs.
  func takeOver() async throws {
    try await store.write { try PayoutStore(transaction: $0).releaseClaims() }
  }

  private func send(_ intent: Intent) async throws {
    guard let lane = PayoutLane(subject: intent.subject) else {
      try await store.write { try $0.complete(intent.kind, intent.subject) }
      return
    }
    try await pace.turn(of: lane)
    let (isConfigured, itemsMax) = (gateway.isConfigured(for: lane.environment), itemsMax)
    let composed = try await store.write { transaction in
      try PayoutStore(transaction: transaction).compose(
        lane, isConfigured: isConfigured, itemsMax: itemsMax)
    }
    for (payout, reason) in composed.waiting {
      log(.info, "payout waits", payout, ["reason": "\(reason.code.rawValue)"])
    }
    try await carryOut(composed.composition)
  }

  private func repeatBatch(_ intent: Intent) async throws {
    let senderBatchID = intent.subject
    try await carryOut(
      try await store.write { try PayoutStore(transaction: $0).repeatBatch(senderBatchID) })
  }

  private func carryOut(_ composition: PayoutStore.Composition) async throws {
    switch composition {
    case .rests: return
    case .tooLate(let batch):
      log(.error, "payouts' outcome is unknown for too long", batch)
    case .send(let sending):
      CrashPoint.reached(LedgerStep.payoutSubmitCommitted)
      if sending.isUntried {
        for payout in sending.payouts { log(.info, "payout submitted", payout) }
      }
      try await send(sending)
    }
  }

  private func send(_ sending: PayoutSending) async throws {
    let outcome = await gateway.submit(TransferBatch(sending))
    CrashPoint.reached(LedgerStep.payoutSent)
    let batch = sending.batch
    switch outcome {
    case .done(let report):
      let poll = pollMilliseconds
      try await store.write { transaction in
        try PayoutStore(transaction: transaction).accept(
          batch, batchID: report.batchID, pollAt: transaction.now + poll)
      }
      CrashPoint.reached(LedgerStep.payoutAcceptedCommitted)
    case .refused(let refusal): try await refused(sending, refusal)
    case .unknown(let text):
      log(.warning, "payouts' outcome is unknown", batch, ["cause": "\(text)"])
      let reason = PayoutReason(
        code: .outcomeUnknown,
        text: "PayPal's answer was lost; the same request is repeated until it is known",
        owner: "nobody")
      try await repeatLater(batch, .unknown, reason, retryAfterSeconds: nil)
    }
  }

  private func refused(_ sending: PayoutSending, _ refusal: Refusal) async throws {
    let verdict = PayoutRules.verdict(
      of: refusal.code, isTransient: refusal.isTransient, isUntried: sending.isUntried)
    if verdict == .ended { return try await refuse(sending, refusal) }
    let reason = PayoutReason(
      code: verdict == .notTaken ? .payPalUnavailable : .outcomeUnknown, text: refusal.text,
      owner: "nobody", providerCode: refusal.code)
    try await repeatLater(
      sending.batch, verdict == .notTaken ? .notTaken : .unknown, reason,
      retryAfterSeconds: refusal.retryAfterSeconds)
  }

  private func repeatLater(
    _ batch: PayoutBatch, _ state: PayoutBatch.State, _ reason: PayoutReason,
    retryAfterSeconds: Int?
  ) async throws {
    let delay = PayoutRules.repeatDelay(
      attempts: batch.attempts - 1, retryAfterSeconds: retryAfterSeconds)
    try await store.write { transaction in
      try PayoutStore(transaction: transaction).postpone(
        batch, state, reason, until: transaction.now + delay)
    }
  }

  private func refuse(_ sending: PayoutSending, _ refusal: Refusal) async throws {
    try await store.write { transaction in
      try PayoutStore(transaction: transaction).refuse(
        sending.batch, sending.payouts, (refusal.code, refusal.text))
    }
    log(
      refusal.code == "INSUFFICIENT_FUNDS" ? .warning : .error, "payouts refused", sending.batch,
      ["code": "\(refusal.code)", "text": "\(refusal.text)", "items": "\(sending.payouts.count)"])
  }
}

// MARK: Logging

extension PayoutWork {
  func log(
    _ level: Logger.Level, _ message: Logger.Message, _ payout: Payout,
    _ more: Logger.Metadata = [:]
  ) {
    guard logger.logLevel <= level else { return }
    var metadata: Logger.Metadata = [
      "payout": "\(payout.payoutID)", "generation": "\(payout.generation)",
    ]
    if !payout.orderID.isEmpty { metadata["order"] = "\(payout.orderID)" }
    metadata.merge(more) { _, new in new }
    logger.log(level: level, message, metadata: metadata)
  }

  func log(
    _ level: Logger.Level, _ message: Logger.Message, _ batch: PayoutBatch,
    _ more: Logger.Metadata = [:]
  ) {
    var metadata: Logger.Metadata = ["batch": "\(batch.senderBatchID)"]
    metadata.merge(more) { _, new in new }
    logger.log(level: level, message, metadata: metadata)
  }
}

extension TransferBatch {
  /// A batch as it is sent, each time the same.
  fileprivate init(_ sending: PayoutSending) {
    self.init(
      environment: sending.batch.lane.environment, senderBatchID: sending.batch.senderBatchID,
      transfers: sending.payouts.compactMap { payout in
        payout.amount.map {
          Transfer(
            senderItemID: payout.senderItemID, receiver: payout.recipientEmail, amount: $0)
        }
      })
  }
}
