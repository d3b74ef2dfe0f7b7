public import Measure

/// What was counted of one provider's method at one server, since the process began.
public struct OutsideFigures: Sendable, Hashable {
  /// How a call ended.
  public enum Ending: String, Sendable, Hashable, CaseIterable {
    /// A complete answer, by its HTTP status.
    case success = "2xx"
    case redirect = "3xx"
    case refusal = "4xx"
    case failure = "5xx"
    /// Nothing left this process.
    case notSent = "not_sent"
    /// Bytes may have left.
    case unknown = "unknown"

    init(_ answer: OutsideAnswer) {
      switch answer {
      case .answer(let status, _, _):
        switch status {
        case ..<300: self = .success
        case 300..<400: self = .redirect
        case 400..<500: self = .refusal
        default: self = .failure
        }
      case .notSent: self = .notSent
      case .unknown: self = .unknown
      }
    }
  }

  public internal(set) var provider: String
  public internal(set) var method: String
  /// Scheme, host and port.
  public internal(set) var origin: String
  /// Calls that began.
  public internal(set) var calls = 0
  /// Calls that ended; an ending that did not occur is absent.
  public internal(set) var ended: [Ending: Int] = [:]
  /// Calls that waited for a token, and how long in all.
  public internal(set) var waits = 0
  public internal(set) var waited = Duration.zero
  /// Calls that our own rate limit turned away.
  public internal(set) var rateLimited = 0
  /// Calls that an open breaker turned away.
  public internal(set) var breakerRefused = 0
  /// Of calls that were tried, without their wait for a token.
  public internal(set) var latency = Histogram.empty

  /// Calls that began and have not ended.
  public var inFlight: Int { max(0, calls - ended.values.reduce(0, +)) }
}

/// What is remembered of an account that failed lately.
public struct BreakerFigures: Sendable, Hashable {
  public let provider: String
  public let account: String
  public let origin: String
  /// closed, open, or probing.
  public let state: String
  /// Failures in a row while it is closed.
  public let failures: Int
}
