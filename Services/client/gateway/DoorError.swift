/// What the gateway itself refuses, before any service was asked.
enum DoorError: Error, Sendable, Hashable {
  case noSuchPage(path: String)
  case otherVerb(path: String, allowed: [String])
  case tooLarge(bytesMax: Int)
  case headersTooLarge(bytesMax: Int, countMax: Int)
  /// No HTTP, or a body that ends before its length or is not in chunks as it says.
  case malformed
  case tooSlow(seconds: Int)
  case otherMediaType(given: String, due: String)
  case tooManyRequests(retryAfterSeconds: Int)
  case tooManyViewers
  /// A page for people was asked for by nobody.
  case notSignedIn
  /// A form that no page of ours has sent, or of a session that is over.
  case foreignForm
}
