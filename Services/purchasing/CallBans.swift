import Contract
import Logging
import Runtime
import Store
import Synchronization

/// The supplier's bans that hold: nothing is sent against one.
///
/// **Invariant:** a ban of `committedSeconds` or more is a row before the call that was answered with
/// it returns, so that it holds after a restart too.
final class CallBans: Sendable {
  /// Shorter ones are over before a process has started again.
  static let committedSeconds = 5
  /// The longest that is believed: the supplier's quotas are per day.
  static let secondsMax = 2 * 86_400
  /// Where the answer names no time. Source: AliExpress Open Platform, "API call limits".
  static let secondsDefault = 1

  private let store: Store
  private let logger: Logger
  private let bans = Mutex<[CallBan.Scope: CallBan]>([:])

  init(store: Store, logger: Logger) {
    self.store = store
    self.logger = logger
  }

  /// Takes up the bans that an earlier process was told, and forgets those that are over.
  func restore() async throws {
    let found = try await store.write { transaction in
      try transaction.run("DELETE FROM callBan WHERE endsAt <= $1", [.integer(transaction.now)])
      return try transaction.rows("SELECT * FROM callBan").map { CallBan($0) }
    }
    bans.withLock { bans in
      for ban in found { bans[ban.scope] = ban }
    }
  }

  /// Makes a call unless a ban forbids it, which is then the answer; and keeps to the answer's own.
  func respecting(
    _ method: AliExpressMethod, by caller: Caller, _ call: () async -> AliExpressAnswer
  ) async -> AliExpressAnswer {
    let now = PurchaseWork.now()
    if let ban = ban(on: method, by: caller, now: now) {
      return .error(
        AliExpressError(
          type: "ISV", code: ban.providerCode,
          message: "not sent; the ban will last \(ban.secondsLeft(now: now)) seconds"))
    }
    let answer = await call()
    if case .error(let error) = answer {
      await note(error, to: method, by: caller, now: PurchaseWork.now())
    }
    return answer
  }

  /// The ban that keeps a call from being sent, and ends last; nil when it may be sent.
  func ban(on method: AliExpressMethod, by caller: Caller, now: Int64) -> CallBan? {
    bans.withLock { bans in
      if bans.isEmpty { return nil }
      return caller.scopes(method).compactMap { scope -> CallBan? in
        guard let ban = bans[scope] else { return nil }
        if ban.endsAt > now { return ban }
        bans[scope] = nil
        return nil
      }.max { $0.endsAt < $1.endsAt }
    }
  }

  /// How long a method as a whole is over its rate, when that is short and all its calls had better
  /// wait; nil for everything else. It is nobody's fault, and common.
  static func secondsToHold(_ error: AliExpressError) -> Int? {
    guard error.code == "ApiCallLimit" else { return nil }
    let seconds = max(error.banSeconds ?? secondsDefault, 1)
    return seconds < committedSeconds ? seconds : nil
  }

  /// Keeps to what the supplier answered, when that was a ban.
  func note(
    _ error: AliExpressError, to method: AliExpressMethod, by caller: Caller, now: Int64
  ) async {
    guard let scope = caller.scope(of: error.code, method), Self.secondsToHold(error) == nil else {
      return
    }
    let seconds = min(max(error.banSeconds ?? Self.secondsDefault, 1), Self.secondsMax)
    let ban = CallBan(
      scope: scope, providerCode: error.code, endsAt: now + Int64(seconds) * 1000)
    let isLonger = bans.withLock { bans in
      if let known = bans[scope], known.endsAt >= ban.endsAt { return false }
      bans[scope] = ban
      return true
    }
    guard isLonger, seconds >= Self.committedSeconds else { return }
    logger.warning(
      "the supplier takes no calls for a time",
      metadata: [
        "method": "\(scope.method)", "holder": "\(scope.holder)", "seconds": "\(seconds)",
        "providerCode": "\(error.code)",
      ])
    do {
      try await store.write { try $0.keep(ban) }
    } catch {
      logger.error("a ban cannot be kept", metadata: ["cause": "\(error)"])
    }
  }
}

extension CallBan {
  fileprivate init(_ row: Row) {
    self.init(
      scope: .init(
        environment: Contract.Environment(rawValue: Int32(row.int("environment"))),
        method: row.text("method"), holder: row.text("holder")),
      providerCode: row.text("providerCode"), endsAt: row.int("endsAt"))
  }
}

extension Transaction {
  fileprivate func keep(_ ban: CallBan) throws {
    try run(
      """
      INSERT INTO callBan (environment, method, holder, providerCode, endsAt)
      VALUES ($1, $2, $3, $4, $5)
      ON CONFLICT (environment, method, holder) DO UPDATE
        SET providerCode = $4, endsAt = MAX(endsAt, $5)
      """,
      [
        .integer(Int64(ban.scope.environment.rawValue)), .text(ban.scope.method),
        .text(ban.scope.holder), .text(ban.providerCode), .integer(ban.endsAt),
      ])
  }
}
