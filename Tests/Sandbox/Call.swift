/// A request as the simulated world sees it.
struct Call: Sendable {
  enum Verb: String, Sendable {
    case get = "GET"
    case post = "POST"
    case delete = "DELETE"
    case other
  }

  var verb: Verb
  /// Without query and without a trailing slash, which some clients send.
  var path: String
  /// As it came, percent-encoded.
  var query = ""
  var body: [UInt8] = []
  var authorization = ""
  var cookie = ""
  var contentType = ""
  /// Such as `127.0.0.1:40123`; links in answers lead there.
  var host = ""
  /// `PayPal-Request-Id`.
  var requestID = ""
  var prefer = ""

  /// Whether the body claims to be JSON.
  var isJSON: Bool { contentType.lowercased().hasPrefix("application/json") }
}
