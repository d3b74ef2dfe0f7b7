/// What the gateway itself refuses, before any service was asked.
enum DoorError: Error, Sendable, Hashable {
  case noSuchPage(path: String)
  case otherVerb(path: String, allowed: [String])
  case tooLarge(bytesMax: Int)
  case tooSlow(seconds: Int)
  case otherMediaType(given: String)
  case tooManyRequests(retryAfterSeconds: Int)
  case tooManyViewers
}
