import Contract
import Money
import Outside
import Synchronization

@testable import Ledger

/// A PayPal that does as it is told and knows what it really sent.
final class ScriptedPayouts: PayoutGateway {
  enum Answer: Sendable {
    case accept
    /// It is taken, but the answer is lost.
    case acceptInSilence
    /// Nothing arrives there, and nobody here knows.
    case vanish
    case refuse(Refusal)
  }

  struct Sent: Sendable {
    let transfer: Transfer
    let senderBatchID: String
    let batchID: String
    var fate: Fate
  }

  /// What becomes of an item.
  struct Fate: Sendable {
    var status = "SUCCESS"
    var errorName: String?
    var fee: Amount?
    /// What the item says it is over; nil for what was asked.
    var amount: Amount?
    /// Whether the batch shows it.
    var isShown = true
  }

  fileprivate struct State {
    var isConfigured = true
    var answers: [Answer] = []
    var fate = Fate()
    var fates: [String: Fate] = [:]
    var badOrder: String?
    var sent: [Sent] = []
    var calls: [String] = []
    var looks = 0
    var isHeld = false
    var held: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())

  /// What was really sent, one per item of a batch.
  var sent: [Sent] { state.withLock { $0.sent } }
  /// Keys of batches in the order in which they were asked for, with repeats.
  var calls: [String] { state.withLock { $0.calls } }
  /// How often a batch was looked at.
  var looks: Int { state.withLock { $0.looks } }

  /// Keys of the items of each batch that was really sent.
  var batches: [[String]] {
    let sent = sent
    return sent.map(\.batchID).reduce(into: [String]()) { ids, id in
      if ids.last != id { ids.append(id) }
    }.map { id in sent.filter { $0.batchID == id }.map(\.transfer.senderItemID) }
  }

  /// Answers to the next submissions; afterwards everything is accepted.
  func script(_ answers: Answer...) { state.withLock { $0.answers += answers } }

  /// What becomes of the items sent from now on.
  func items(become status: String, error: String? = nil, fee: Amount? = nil) {
    state.withLock { $0.fate = Fate(status: status, errorName: error, fee: fee) }
  }

  /// Refuses every batch with a payout of this order for good.
  func refuseBatches(with orderID: String) { state.withLock { $0.badOrder = orderID } }

  /// What becomes of one item, whenever it is sent.
  func item(_ senderItemID: String, becomes fate: Fate) {
    state.withLock { $0.fates[senderItemID] = fate }
  }

  /// What became of an item that was sent already.
  func change(_ senderItemID: String, to status: String) {
    change(senderItemID) { ($0.status, $0.errorName) = (status, nil) }
  }

  func change(_ senderItemID: String, _ body: (inout Fate) -> Void) {
    state.withLock { state in
      for index in state.sent.indices
      where state.sent[index].transfer.senderItemID == senderItemID {
        body(&state.sent[index].fate)
      }
    }
  }

  func configure(_ isConfigured: Bool) { state.withLock { $0.isConfigured = isConfigured } }

  /// Lets calls arrive and leaves them without an answer, until `release`.
  func hold() { state.withLock { $0.isHeld = true } }

  func release() {
    let held = state.withLock { state in
      state.isHeld = false
      defer { state.held = [] }
      return state.held
    }
    for one in held { one.resume() }
  }

  private func pass() async {
    await withCheckedContinuation { continuation in
      let isHeld = state.withLock { state in
        if state.isHeld { state.held.append(continuation) }
        return state.isHeld
      }
      if !isHeld { continuation.resume() }
    }
  }

  func isConfigured(for environment: Contract.Environment) -> Bool {
    state.withLock { $0.isConfigured }
  }

  func submit(_ batch: TransferBatch) async -> Outcome<BatchReport> {
    let outcome = state.withLock { $0.submit(batch) }
    await pass()
    return outcome
  }

  func look(atBatch batchID: String, in environment: Contract.Environment) async
    -> Outcome<BatchReport>
  {
    state.withLock { state in
      state.looks += 1
      let items = state.sent.filter { $0.batchID == batchID }
      if items.isEmpty {
        return .refused(
          Refusal(
            code: "INVALID_RESOURCE_ID", text: "no such batch", isTransient: false,
            retryAfterSeconds: nil))
      }
      return .done(
        BatchReport(
          batchID: batchID, batchStatus: "SUCCESS",
          items: items.filter(\.fate.isShown).map { sent in
            .init(
              senderItemID: sent.transfer.senderItemID,
              itemID: "ITEM-\(sent.transfer.senderItemID)", status: sent.fate.status,
              amount: sent.fate.amount ?? sent.transfer.amount, fee: sent.fate.fee,
              errorName: sent.fate.errorName)
          }))
    }
  }
}

extension ScriptedPayouts.State {
  fileprivate mutating func submit(_ batch: TransferBatch) -> Outcome<BatchReport> {
    calls.append(batch.senderBatchID)
    let answer = answers.isEmpty ? .accept : answers.removeFirst()
    switch answer {
    case .refuse(let refusal): return .refused(refusal)
    case .vanish: return .unknown("connection reset")
    case .accept, .acceptInSilence: break
    }
    if let badOrder,
      batch.transfers.contains(where: { $0.senderItemID.hasPrefix("\(badOrder)-") })
    {
      return .refused(
        Refusal(
          code: "VALIDATION_ERROR", text: "no", isTransient: false, retryAfterSeconds: nil))
    }
    let known = sent.first { $0.senderBatchID == batch.senderBatchID }
    let batchID = known?.batchID ?? "BATCH\(sent.count + 1)"
    if known == nil {
      sent += batch.transfers.map {
        .init(
          transfer: $0, senderBatchID: batch.senderBatchID, batchID: batchID,
          fate: fates[$0.senderItemID] ?? fate)
      }
    }
    if case .acceptInSilence = answer { return .unknown("timeout after sending") }
    return .done(BatchReport(batchID: batchID, batchStatus: "PENDING", items: []))
  }
}
