/// What the simulated world answers, and how much of it arrives.
struct Answer: Sendable {
  enum Body: Sendable {
    case json(JSON)
    case html(String)
    case text(String)
    case none
  }

  enum Delivery: Sendable, Hashable {
    case whole
    /// The connection ends without a byte of the answer.
    case lost
    /// The answer ends in the middle of its text.
    case cut
  }

  var status = 200
  var body: Body
  var headers: [(name: String, value: String)] = []
  var delivery = Delivery.whole
  var delayMilliseconds: Int64 = 0

  static func json(_ value: JSON, status: Int = 200) -> Answer {
    Answer(status: status, body: .json(value))
  }

  /// The body as JSON; nil when it is anything else.
  var value: JSON? {
    if case .json(let value) = body { value } else { nil }
  }

  /// What an overloaded edge in front of a provider says.
  static func badGateway(_ status: Int) -> Answer {
    Answer(
      status: status,
      body: .html("<html><body><h1>\(status) Bad Gateway</h1><hr>sandbox</body></html>\n"))
  }

  /// This answer with its fate changed.
  func delivered(_ delivery: Delivery) -> Answer {
    var answer = self
    answer.delivery = delivery
    return answer
  }

  /// This answer, later.
  func delayed(_ milliseconds: Int64) -> Answer {
    var answer = self
    answer.delayMilliseconds += milliseconds
    return answer
  }
}
