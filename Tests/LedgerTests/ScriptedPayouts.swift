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
    let batchID: String
    var status: String
    var fee: Amount?
    var errorName: String?
  }

  private struct State {
    var isConfigured = true
    var answers: [Answer] = []
    var status = "SUCCESS"
    var errorName: String?
    var fee: Amount?
    var sent: [Sent] = []
    var calls: [String] = []
  }

  private let state = Mutex(State())

  /// What was really sent, one per key.
  var sent: [Sent] { state.withLock { $0.sent } }
  /// Keys in the order in which they were asked for, with repeats.
  var calls: [String] { state.withLock { $0.calls } }

  /// Answers to the next submissions; afterwards everything is accepted.
  func script(_ answers: Answer...) { state.withLock { $0.answers += answers } }

  /// What becomes of the items sent from now on.
  func items(become status: String, error: String? = nil, fee: Amount? = nil) {
    state.withLock { ($0.status, $0.errorName, $0.fee) = (status, error, fee) }
  }

  /// What became of an item that was sent already.
  func change(_ senderItemID: String, to status: String) {
    state.withLock { state in
      for index in state.sent.indices
      where state.sent[index].transfer.senderItemID == senderItemID {
        state.sent[index].status = status
        state.sent[index].errorName = nil
      }
    }
  }

  func configure(_ isConfigured: Bool) { state.withLock { $0.isConfigured = isConfigured } }

  func isConfigured(for environment: Contract.Environment) -> Bool {
    state.withLock { $0.isConfigured }
  }

  func submit(_ transfer: Transfer) async -> Outcome<TransferReport> {
    state.withLock { state in
      state.calls.append(transfer.senderItemID)
      let answer = state.answers.isEmpty ? .accept : state.answers.removeFirst()
      switch answer {
      case .refuse(let refusal): return .refused(refusal)
      case .vanish: return .unknown("connection reset")
      case .accept, .acceptInSilence: break
      }
      let known = state.sent.first { $0.transfer.senderItemID == transfer.senderItemID }
      let batchID = known?.batchID ?? "BATCH\(state.sent.count + 1)"
      if known == nil {
        state.sent.append(
          Sent(
            transfer: transfer, batchID: batchID, status: state.status, fee: state.fee,
            errorName: state.errorName))
      }
      if case .acceptInSilence = answer { return .unknown("timeout after sending") }
      return .done(TransferReport(batchID: batchID, batchStatus: "PENDING", item: nil))
    }
  }

  func look(atBatch batchID: String, of transfer: Transfer) async -> Outcome<TransferReport> {
    state.withLock { state in
      guard let sent = state.sent.first(where: { $0.batchID == batchID }) else {
        return .refused(
          Refusal(
            code: "INVALID_RESOURCE_ID", text: "no such batch", isTransient: false,
            retryAfterSeconds: nil))
      }
      return .done(
        TransferReport(
          batchID: batchID, batchStatus: "SUCCESS",
          item: .init(
            itemID: "ITEM-\(sent.transfer.senderItemID)", status: sent.status, fee: sent.fee,
            errorName: sent.errorName)))
    }
  }
}
