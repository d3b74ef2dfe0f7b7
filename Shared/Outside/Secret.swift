/// A text that must not leak: it cannot be printed, encoded, reflected or logged by accident.
///
/// **Invariant:** the text is only visible inside a `reveal` closure, which is easy to search for.
public struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  private let text: String

  public init(_ text: String) { self.text = text }

  /// Hands the text to a closure.
  public func reveal<Value>(_ body: (String) throws -> Value) rethrows -> Value {
    try body(text)
  }

  public var isEmpty: Bool { text.isEmpty }
  public var description: String { "(secret)" }
  public var debugDescription: String { "(secret)" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
