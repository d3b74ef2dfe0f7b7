import NIOCore
import Synchronization

/// What one peer may take of the server.
extension ServerConnection {
  /// Bytes that are in memory because of the peer.
  private var heldBytes: Int { session.outgoingBytes + incomingBytes }

  /// A change that is worth telling the server.
  private static let accountingBytes = 16 * 1024

  /// Tells the server what is held here, roughly.
  func account() {
    let change = heldBytes - accountedBytes
    guard abs(change) >= Self.accountingBytes else { return }
    accountedBytes += change
    core.heldBytes.add(change, ordering: .relaxed)
  }

  /// The connection is gone, and all it held.
  func forgetBytes() {
    core.heldBytes.subtract(accountedBytes, ordering: .relaxed)
    accountedBytes = 0
  }

  /// The server holds too much, and more than its share for this peer.
  private var isGreedy: Bool {
    let configuration = core.configuration
    account()
    return core.heldBytes.load(ordering: .relaxed) > configuration.heldBytesMax
      && accountedBytes > configuration.heldBytesMax / max(1, configuration.connectionsMax)
  }

  /// Holds bytes of a request until it is whole. Answers why not, when that is too much.
  func hold(_ call: ServerCall, _ bytes: Int) -> RPCError? {
    call.heldBytes += bytes
    incomingBytes += bytes
    let limit = HTTP2Limits.incomingBytesMax
    if incomingBytes > limit {
      let text = "this connection has more than \(limit) bytes of unfinished requests"
      return RPCError(.resourceExhausted, text)
    }
    guard isGreedy else { return nil }
    return RPCError(
      .resourceExhausted, "this service holds too many unfinished requests; ask again later",
      reason: ErrorReason(code: "OVERLOADED"))
  }

  /// A peer that asks and does not fetch fills memory: its connection is closed.
  func guardOutgoing() {
    guard session.outgoingBytes > HTTP2Limits.outgoingBytesMax || isGreedy else { return }
    // At once: the next answers are on their way.
    cutOff(
      HTTP2Failure(
        description: "too many bytes of answers were not fetched", code: HTTP2Code.enhanceYourCalm))
  }

  /// Takes a place for a call. Answers why not, when there is none.
  func enter() -> RPCError? {
    let overloaded = ErrorReason(code: "OVERLOADED")
    guard running < HTTP2Limits.runningMax else {
      core.statistics.callsOverloaded.add()
      let text = "\(running) methods run for this connection already; wait for them to end"
      return RPCError(.resourceExhausted, text, reason: overloaded)
    }
    guard core.enterCall() else {
      core.statistics.callsOverloaded.add()
      let limit = core.configuration.callsInFlightMax
      let text = "this service answers \(limit) calls already; ask again later"
      return RPCError(.resourceExhausted, text, reason: overloaded)
    }
    running += 1
    return nil
  }

  /// A caller may give up a call whose time is as good as over; others it should let end.
  func isResetFair(_ stream: Int32) -> Bool {
    guard let call = calls[stream] else { return false }
    return call.deadline <= .now() + Self.earlyReset
  }

  /// How much earlier than ours the caller's clock may ring.
  private static let earlyReset = TimeAmount.milliseconds(100)
}
