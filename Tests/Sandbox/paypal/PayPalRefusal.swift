/// An error as PayPal answers it: `name` and the issues decide, the rest is for people.
struct PayPalRefusal: Error, Sendable, Hashable {
  struct Detail: Sendable, Hashable {
    let issue: String
    var field: String?
    /// Where a payout's details point to, such as the batch that already exists.
    var link: String?
  }

  let status: Int
  let name: String
  var details: [Detail] = []
  var retryAfterSeconds: Int64?
  /// The token call answers errors in the form of OAuth.
  var isOAuth = false

  static func invalid(_ issue: String, _ field: String) -> PayPalRefusal {
    PayPalRefusal(
      status: 400, name: "INVALID_REQUEST", details: [Detail(issue: issue, field: field)])
  }

  static func unprocessable(_ issue: String, _ field: String? = nil) -> PayPalRefusal {
    PayPalRefusal(
      status: 422, name: "UNPROCESSABLE_ENTITY", details: [Detail(issue: issue, field: field)])
  }

  static let notFound = PayPalRefusal(
    status: 404, name: "RESOURCE_NOT_FOUND", details: [Detail(issue: "INVALID_RESOURCE_ID")])
  static let noSuchPayout = PayPalRefusal(status: 404, name: "INVALID_RESOURCE_ID")
  static let mediaType = PayPalRefusal(status: 415, name: "UNSUPPORTED_MEDIA_TYPE")
  static let requestInProgress = PayPalRefusal(
    status: 409, name: "RESOURCE_CONFLICT",
    details: [Detail(issue: "PREVIOUS_REQUEST_IN_PROGRESS")])
  static let insufficientFunds = PayPalRefusal(
    status: 422, name: "INSUFFICIENT_FUNDS", details: [])
  static let invalidClient = PayPalRefusal(status: 401, name: "invalid_client", isOAuth: true)
  static let invalidToken = PayPalRefusal(status: 401, name: "invalid_token", isOAuth: true)

  static func server(_ status: Int) -> PayPalRefusal {
    PayPalRefusal(
      status: status, name: status == 503 ? "SERVICE_UNAVAILABLE" : "INTERNAL_SERVER_ERROR")
  }

  static func payout(_ name: String, _ detail: Detail? = nil) -> PayPalRefusal {
    PayPalRefusal(status: 400, name: name, details: detail.map { [$0] } ?? [])
  }

  private var message: String {
    switch name {
    case "INVALID_REQUEST":
      "Request is not well-formed, syntactically incorrect, or violates schema."
    case "UNPROCESSABLE_ENTITY":
      "The requested action could not be performed, semantically incorrect, or failed business "
        + "validation."
    case "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID": "The specified resource does not exist."
    case "RESOURCE_CONFLICT":
      "The server has detected a conflict while processing this request."
    case "INSUFFICIENT_FUNDS": "Sender does not have sufficient funds."
    case "USER_BUSINESS_ERROR": "User business error."
    case "VALIDATION_ERROR": "Invalid request - see details."
    case "RATE_LIMIT_REACHED": "Too many requests. Blocked due to rate limiting."
    case "invalid_client": "Client Authentication failed"
    case "invalid_token": "Token signature verification failed"
    default: "An internal server error has occurred or the request was refused."
    }
  }

  func answer(debugID: String) -> Answer {
    if isOAuth {
      return .json(
        ["error": .string(name), "error_description": .string(message)], status: status)
    }
    let details = details.map { detail -> JSON in
      var value: JSON = [
        "issue": .string(detail.issue), "description": .string("See \(detail.issue)."),
      ]
      if let field = detail.field {
        value = value.adding("field", .string(field)).adding("location", "body")
      }
      guard let link = detail.link else { return value }
      return value.adding("link", [["href": .string(link), "rel": "self", "method": "GET"]])
    }
    var answer = Answer.json(
      [
        "name": .string(name), "message": .string(message), "debug_id": .string(debugID),
        "details": .array(details), "links": [],
      ], status: status)
    if let retryAfterSeconds {
      answer.headers.append((name: "Retry-After", value: String(retryAfterSeconds)))
    }
    return answer
  }
}
