import FoundationEssentials
import NIOCore
import Outside
import Synchronization

/// The access token of one PayPal application, fetched when needed and kept until it ends.
///
/// **Invariant:** at most one token call is under way; whoever needs a token meanwhile waits for it.
/// A caller that is cancelled does not end the call for the others. Tokens are `Secret`.
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

  private struct State {
    var token: Token?
    var flight: Task<Outcome<Token>, Never>?
    var serial = 0
  }

  private enum Next {
    case ready(Token)
    case flight(Task<Outcome<Token>, Never>)
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
    let next = state.withLock { state -> Next in
      if let token = state.token, token.usableUntil > .now,
        token.serial > rejected?.serial ?? 0
      {
        return .ready(token)
      }
      if let flight = state.flight { return .flight(flight) }
      state.token = nil
      state.serial += 1
      let serial = state.serial
      let flight = Task { await self.fetch(serial) }
      state.flight = flight
      return .flight(flight)
    }
    switch next {
    case .ready(let token): return .done(token)
    case .flight(let flight): return await flight.value
    }
  }

  private func fetch(_ serial: Int) async -> Outcome<Token> {
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
    state.withLock { state in
      state.flight = nil
      if case .done(let token) = outcome { state.token = token }
    }
    return outcome
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

  private static func none(_ text: String) -> Outcome<Token> {
    .refused(.notSent("PayPal gave no access token: \(text)"))
  }
}
