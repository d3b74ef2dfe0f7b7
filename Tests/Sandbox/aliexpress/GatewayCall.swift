/// The parameters of a call to the supplier, past the checks that need no state: app, timestamp,
/// signature, and that the method exists.
struct GatewayCall: Sendable {
  /// How far a timestamp may be off.
  static let skewMaxMilliseconds: Int64 = 7_200_000
  /// The apps that are registered, with their secrets.
  static let apps = ["500001": "sandbox-app-secret", "500002": "sandbox-app-secret-2"]

  let method: AliExpressMethod
  let appKey: String
  let fields: [String: String]

  init(_ fields: [String: String], path: String, now: Int64) throws(GatewayRefusal) {
    guard let appKey = fields["app_key"] else { throw .missing("app_key") }
    guard let secret = Self.apps[appKey] else { throw .invalidAppKey }
    guard let timestamp = fields["timestamp"] else { throw .missing("timestamp") }
    guard
      let time = Int64(timestamp) ?? Moment(text: timestamp)?.milliseconds,
      abs(now.subtractingReportingOverflow(time).partialValue) <= Self.skewMaxMilliseconds
    else { throw .invalid("timestamp") }
    guard let sign = fields["sign"] else { throw .missing("sign") }
    guard let signMethod = fields["sign_method"].flatMap(Signature.Method.init(rawValue:)) else {
      throw .invalid("sign_method")
    }
    // A system API is named by its path or, in the other accepted form, by `method`; its name is in
    // front of what is signed either way.
    let named = path.isEmpty ? fields["method"] ?? "" : path
    guard !named.isEmpty else { throw .missing("method") }
    let prefix = named.hasPrefix("/") ? named : ""
    guard
      sign == Signature.make(fields, path: prefix, secret: secret, method: signMethod)
    else { throw .incompleteSignature }
    guard let method = AliExpressMethod(rawValue: named) else { throw .invalidApiPath }
    self.method = method
    self.appKey = appKey
    self.fields = fields
  }

  /// The access token, under either name.
  var accessToken: String? { fields["access_token"] ?? fields["session"] }

  /// The parameter, which must be there.
  func required(_ name: String) throws(GatewayRefusal) -> String {
    guard let value = fields[name], !value.isEmpty else { throw .missing(name) }
    return value
  }

  /// The parameter that holds a JSON text.
  func object(_ name: String) throws(GatewayRefusal) -> JSON {
    guard let value = try? JSON(reading: try required(name)), value.members != nil else {
      if fields[name] == nil { throw .missing(name) }
      throw .invalid(name)
    }
    return value
  }
}

/// What the supplier can be asked.
enum AliExpressMethod: String, Sendable {
  case product = "aliexpress.ds.product.get"
  case freight = "aliexpress.ds.freight.query"
  case place = "aliexpress.ds.order.create"
  case order = "aliexpress.trade.ds.order.get"
  case tracking = "aliexpress.ds.order.tracking.get"
  case createToken = "/auth/token/create"
  case refreshToken = "/auth/token/refresh"

  /// Whether a user's access token must come along.
  var needsToken: Bool { self != .createToken && self != .refreshToken }
}
