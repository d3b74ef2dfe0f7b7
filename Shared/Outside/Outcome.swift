/// What became of an effect on the outside world.
///
/// There is no fourth case: an error that was thrown away would be an `unknown` that nobody looks up.
public enum Outcome<Value: Sendable>: Sendable {
  /// It happened, and this is what came of it.
  case done(Value)
  /// It certainly did not happen.
  case refused(Refusal)
  /// Nobody knows. It must be looked up, never repeated under another key.
  case unknown(String)

  /// The same outcome with another value.
  public func map<Other: Sendable>(_ transform: (Value) -> Other) -> Outcome<Other> {
    flatMap { .done(transform($0)) }
  }

  /// The outcome that follows when it is done.
  public func flatMap<Other: Sendable>(_ transform: (Value) -> Outcome<Other>) -> Outcome<Other> {
    switch self {
    case .done(let value): transform(value)
    case .refused(let refusal): .refused(refusal)
    case .unknown(let text): .unknown(text)
    }
  }
}

extension Outcome: Equatable where Value: Equatable {}

/// A definite "no" of the outside world.
public struct Refusal: Error, Sendable, Hashable {
  /// The provider's own code, such as `INSTRUMENT_DECLINED`; ours where it said none.
  public var code: String
  /// For a person. Nobody decides by it.
  public var text: String
  /// Certainly not accepted for a passing reason: the same key may be sent again later.
  public var isTransient: Bool
  /// How long the provider wants us to wait; nil when it did not say.
  public var retryAfterSeconds: Int?

  public init(
    code: String, text: String, isTransient: Bool = false, retryAfterSeconds: Int? = nil
  ) {
    self.code = code
    self.text = text
    self.isTransient = isTransient
    self.retryAfterSeconds = retryAfterSeconds
  }

  /// The code of a request that never left this process.
  public static let notSentCode = "NOT_SENT"

  /// The request never left: connection refused, breaker open, local rate limit.
  public static func notSent(_ text: String) -> Refusal {
    Refusal(code: notSentCode, text: text, isTransient: true)
  }
}
