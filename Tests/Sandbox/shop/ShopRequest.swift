/// A request to the shop, read.
struct ShopRequest: Sendable {
  static let cookie = "xman_t"

  let verb: Call.Verb
  /// From `/shop` on, such as `/shop/orders`.
  let path: String
  /// Path and query as they came, to come back to after a login.
  let address: String
  let fields: [String: String]
  /// The value of the session's cookie; empty without one.
  let token: String

  init(_ call: Call) {
    verb = call.verb
    path = call.path
    address = call.query.isEmpty ? call.path : "\(call.path)?\(call.query)"
    fields = FormFields.merged(call)
    token = Self.token(in: call.cookie)
  }

  func text(_ name: String) -> String { fields[name] ?? "" }
  func number(_ name: String) -> Int64? { fields[name].flatMap { Int64($0) } }

  /// Where to come back to after a login or a challenge.
  var comingBack: String { verb == .get ? address : "/shop" }

  /// The rest of the path after a prefix; nil when it does not begin so.
  func path(after prefix: String) -> String? {
    path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : nil
  }

  /// Reads `a=1; xman_t=abc`.
  private static func token(in cookies: String) -> String {
    for cookie in cookies.split(separator: ";") {
      let text = cookie.drop { $0 == " " }
      if text.hasPrefix("\(Self.cookie)=") { return String(text.dropFirst(Self.cookie.count + 1)) }
    }
    return ""
  }
}
