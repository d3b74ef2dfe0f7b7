/// An error of the supplier's gateway, as opposed to a refusal of its business.
struct GatewayRefusal: Error, Sendable, Hashable {
  /// `ISV`: the caller's fault; `ISP`: a service behind the gateway; `SYSTEM`: the gateway.
  var type = "ISV"
  let code: String
  let message: String
  var subCode: String?

  static let incompleteSignature = GatewayRefusal(
    code: "IncompleteSignature",
    message: "The request signature does not conform to platform standards")
  static let illegalAccessToken = GatewayRefusal(
    code: "IllegalAccessToken",
    message: "The specified access token is invalid or expired")
  static let invalidAppKey = GatewayRefusal(
    code: "InvalidAppkey", message: "The specified App Key is invalid")
  static let invalidApiPath = GatewayRefusal(
    code: "InvalidApiPath", message: "The specified Api path is invalid")
  static let serviceUnavailable = GatewayRefusal(
    type: "ISP", code: "ServiceUnavailable", message: "Service unavailable, please try again")
  static let isp = GatewayRefusal(
    type: "ISP", code: "15", message: "Remote service error",
    subCode: "isp.remote-service-error")
  /// The order is not this account's.
  static let invalidAuthorization = GatewayRefusal(
    code: "isv.invalid-authorization", message: "The order does not belong to this account")
  static let notReadable = GatewayRefusal(
    type: "ISP", code: "isp.service-unavailable", message: "The order cannot be read yet")

  static func missing(_ name: String) -> GatewayRefusal {
    GatewayRefusal(
      code: "MissingParameter",
      message: "The input parameter \"\(name)\" that is mandatory for processing this request is "
        + "not supplied")
  }

  static func invalid(_ name: String) -> GatewayRefusal {
    GatewayRefusal(
      code: "InvalidParameter", message: "The specified parameter \"\(name)\" is not valid")
  }

  static func apiCallLimit(seconds: Int64) -> GatewayRefusal {
    GatewayRefusal(
      code: "ApiCallLimit",
      message: "Api access frequency exceeds the limit. this ban will last \(seconds) seconds")
  }

  static func appApiCallLimit(seconds: Int64) -> GatewayRefusal {
    GatewayRefusal(
      code: "AppApiCallLimit",
      message: "The frequency of app access to the api exceeds the limit. this ban will last "
        + "\(seconds) seconds")
  }

  /// `/sync` wraps it, `/rest` answers it flat; both with HTTP 200.
  func answer(isREST: Bool, request: Int64) -> Answer {
    let trace = requestID(request)
    var body: JSON = [
      "type": .string(type), "code": .string(code), (isREST ? "message" : "msg"): .string(message),
      "request_id": .string(trace),
    ]
    if let subCode { body = body.adding("sub_code", .string(subCode)) }
    if isREST { return .json(body) }
    return .json(["error_response": body.adding("_trace_id_", .string(trace))])
  }
}

/// A request id as the supplier's look.
func requestID(_ number: Int64) -> String {
  let digits = String(number, radix: 16)
  return "212a79d0" + String(repeating: "0", count: max(0, 16 - digits.count)) + digits
}
