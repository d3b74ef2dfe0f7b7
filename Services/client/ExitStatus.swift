import RPC

/// How the program ends, for scripts: the numbers of sysexits.h where they fit.
enum ExitStatus: Int32, CaseIterable, Sendable {
  case ok = 0
  case badNews = 1
  case usage = 64
  case refused = 65
  case notFound = 66
  case unavailable = 69
  case bug = 70
  case tryAgain = 75
  case otherContract = 76
  case notAllowed = 77

  /// The status of a call that ended with a code.
  init(_ code: StatusCode) {
    switch code {
    case .ok: self = .ok
    case .invalidArgument, .outOfRange: self = .usage
    case .alreadyExists, .failedPrecondition: self = .refused
    case .notFound: self = .notFound
    case .unavailable: self = .unavailable
    case .unknown, .internalError, .dataLoss: self = .bug
    case .deadlineExceeded, .resourceExhausted, .aborted, .cancelled: self = .tryAgain
    case .unimplemented: self = .otherContract
    case .permissionDenied, .unauthenticated: self = .notAllowed
    }
  }

  /// For `--help`.
  var meaning: String {
    switch self {
    case .ok: "done"
    case .badNews: "answered, and the answer is bad: the books do not add up"
    case .usage: "wrong usage, or INVALID_ARGUMENT, OUT_OF_RANGE"
    case .refused: "ALREADY_EXISTS, FAILED_PRECONDITION"
    case .notFound: "NOT_FOUND, or a file that cannot be read"
    case .unavailable: "UNAVAILABLE: maybe done, maybe not; repeat with the same id"
    case .bug: "INTERNAL, UNKNOWN, DATA_LOSS"
    case .tryAgain:
      "DEADLINE_EXCEEDED (maybe done; repeat with the same id), RESOURCE_EXHAUSTED, ABORTED, "
        + "CANCELLED"
    case .otherContract: "UNIMPLEMENTED: the service is of another version"
    case .notAllowed: "PERMISSION_DENIED, UNAUTHENTICATED, or an unsafe file"
    }
  }

  /// One line per status.
  static var helpText: String {
    allCases.map { status in
      let number = "\(status.rawValue)"
      return String(repeating: " ", count: 4 - number.count) + number + "  " + status.meaning
    }.joined(separator: "\n")
  }
}
