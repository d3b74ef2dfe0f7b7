/// A condition that did not come true in time.
public struct NeverHappened: Error, CustomStringConvertible {
  public let description: String

  public init(_ description: String) { self.description = description }
}

/// Asks again until the answer is not nil, with a deadline instead of a guess.
///
/// - Throws: `NeverHappened`, naming what was waited for.
public func eventually<Value>(
  _ what: String, within timeout: Duration = .seconds(60),
  every pause: Duration = .milliseconds(10),
  isolation: isolated (any Actor)? = #isolation,
  _ ask: () async throws -> Value?
) async throws -> Value {
  let deadline = ContinuousClock.now + timeout
  while true {
    if let value = try await ask() { return value }
    guard ContinuousClock.now < deadline else {
      throw NeverHappened("waited \(timeout) for: \(what)")
    }
    try await Task.sleep(for: pause)
  }
}
