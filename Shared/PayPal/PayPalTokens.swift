import FoundationEssentials
import NIOCore
import Outside
import Synchronization

/// The access token of one PayPal application, fetched when needed and kept until it ends.
///
/// **Invariant:** at most one token call is under way; whoever needs a token meanwhile waits for it.
/// A caller that is cancelled stops waiting and does not end the call for the others. Tokens are
/// `Secret`.
final class PayPalTokens: Sendable {
  struct Token: Sendable {
    /// The value of the header `Authorization`.
    let bearer: Secret
    /// Rises by one with each token.
    let serial: Int
    let usableUntil: ContinuousClock.Instant
  }

  /// Given up this long before its end, so that it outlives the call it is used for.
  static let margin = Duration.seconds(60)

  private typealias Waiter = CheckedContinuation<Outcome<Token>, Never>

  private struct State {
    var token: Token?
    var isFetching = false
    var serial = 0
    var waiters: [Int: Waiter] = [:]
    var waiterNumber = 0

    func usable(after rejected: Token?) -> Token? {
      guard let token, token.usableUntil > .now, token.serial > rejected?.serial ?? 0 else {
        return nil
      }
      return token
    }
  }

  private let http: OutsideHTTP
  private let url: String
  private let basic: Secret
  private let state = Mutex(State())

  init(baseURL: String, clientID: String, secret: Secret, http: OutsideHTTP) {
    self.http = http
    url = baseURL + "/v1/oauth2/token"
    basic = secret.reveal {
      Secret("Basic " + Data("\(clientID):\($0)".utf8).base64EncodedString())
    }
  }

  /// A token that is not `rejected` nor older.
  ///
  /// It is `done` or refused for a passing reason, never unknown: without a token nothing was sent.
  func token(after rejected: Token? = nil) async -> Outcome<Token> {
    let (token, number) = state.withLock { state in
      state.waiterNumber += 1
      return (state.usable(after: rejected), state.waiterNumber)
    }
    if let token { return .done(token) }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { wait($0, number, after: rejected) }
    } onCancel: {
      state.withLock { $0.waiters.removeValue(forKey: number) }?.resume(returning: Self.stopped)
    }
  }

  private func wait(_ waiter: Waiter, _ number: Int, after rejected: Token?) {
    let known = state.withLock { state -> Outcome<Token>? in
      // The cancellation handler has run already, and found nobody.
      if Task.isCancelled { return Self.stopped }
      if let token = state.usable(after: rejected) { return .done(token) }
      state.waiters[number] = waiter
      if !state.isFetching {
        state.isFetching = true
        state.token = nil
        state.serial += 1
        let serial = state.serial
        Task { await self.fetch(serial) }
      }
      return nil
    }
    if let known { waiter.resume(returning: known) }
  }

  private func fetch(_ serial: Int) async {
    let request = basic.reveal { basic in
      OutsideRequest(
        provider: PayPalClient.provider, account: PayPalClient.account,
        method: PayPalMethod.token.name, ratePerSecond: PayPalMethod.token.ratePerSecond,
        verb: .post, url: url,
        headers: [
          ("Authorization", basic), ("Content-Type", "application/x-www-form-urlencoded"),
          ("Accept", "application/json"),
        ], body: ByteBuffer(string: "grant_type=client_credentials"),
        timeout: PayPalMethod.token.timeout)
    }
    let outcome = read(await http.send(request), serial)
    let waiters = state.withLock { state in
      state.isFetching = false
      if case .done(let token) = outcome { state.token = token }
      defer { state.waiters = [:] }
      return state.waiters.values
    }
    for waiter in waiters { waiter.resume(returning: outcome) }
  }

  private func read(_ answer: OutsideAnswer, _ serial: Int) -> Outcome<Token> {
    switch answer {
    case .notSent(let text), .unknown(let text): return Self.none(text)
    case .answer: break
    }
    switch PayPalReply(answer)?.outcome {
    case .done(let body):
      guard let text = body["access_token"]?.text, !text.isEmpty,
        let seconds = body["expires_in"]?.integer, (1...Self.secondsMax).contains(seconds)
      else { return Self.none("an answer without access_token and expires_in") }
      let life = Duration.seconds(seconds)
      return .done(
        Token(
          bearer: Secret("Bearer " + text), serial: serial,
          usableUntil: .now + max(life - Self.margin, life / 2)))
    case .refused(var refusal):
      // Wrong credentials are ours to mend; they say nothing about the order or the payout.
      refusal.isTransient = true
      return .refused(refusal)
    case .unknown(let text): return Self.none(text)
    case nil: return Self.none("no answer")
    }
  }

  /// A year: more is a mistake, and would overflow further on.
  private static let secondsMax: Int64 = 366 * 24 * 3600

  private static let stopped = none("stopped before it came")

  private static func none(_ text: String) -> Outcome<Token> {
    .refused(.notSent("PayPal gave no access token: \(text)"))
  }
}
