import Outside

/// A complete HTTP answer of PayPal, and what it proves about the request.
///
///     2xx, readable                                done
///     401, 429, rate limit by name                 refused, passing
///     4xx with a name or an issue                  refused
///     409 or any status with an issue in progress  unknown
///     everything else, and what cannot be read     unknown
///
/// An error is told by `details[].issue` or `name`, never by its texts.
struct PayPalReply: Sendable {
  /// The request, or one with the same key, may still be at work.
  private static let inDoubt: Set<String> = [
    "PREVIOUS_REQUEST_IN_PROGRESS", "ORDER_COMPLETION_IN_PROGRESS", "REQUEST_TIMEOUT_EXCEEDED",
    "INTERNAL_ERROR", "INTERNAL_SERVER_ERROR", "SERVICE_UNAVAILABLE",
  ]
  /// Not accepted because of too many requests.
  private static let passing: Set<String> = [
    "RATE_LIMIT_REACHED", "RATE_LIMIT_VALIDATION_FAILURES",
  ]

  let status: Int
  /// Nil when it is not JSON, or not all of it came.
  let body: JSON?
  /// What the header `Retry-After` says in seconds; a date there is not used.
  let retryAfterSeconds: Int?
  /// By which PayPal's support finds the call.
  private let debugID: String?

  /// Nil for an answer that did not come.
  init?(_ answer: OutsideAnswer) {
    guard case .answer(let status, let headers, let bytes) = answer else { return nil }
    self.status = status
    body = try? JSON(parsing: bytes)
    retryAfterSeconds = headers["retry-after"].flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
    debugID = headers["paypal-debug-id"] ?? body?["debug_id"]?.text
  }

  var outcome: Outcome<JSON> {
    let code = code
    if (200..<300).contains(status) {
      return body.map { .done($0) } ?? .unknown(text("an unreadable answer"))
    }
    if status == 401 || status == 429 || code.map(Self.passing.contains) == true {
      let ownCode = status == 401 ? "AUTHENTICATION_FAILURE" : "RATE_LIMIT_REACHED"
      return .refused(
        Refusal(
          code: code ?? ownCode, text: text(code ?? ownCode), isTransient: true,
          retryAfterSeconds: retryAfterSeconds))
    }
    guard let code, (400..<500).contains(status), status != 408, !Self.inDoubt.contains(code),
      code != "RESOURCE_CONFLICT"
    else { return .unknown(text(code ?? "no reason that can be read")) }
    return .refused(Refusal(code: code, text: text(code)))
  }

  /// The first issue that is a code, else the error's name; the token endpoint calls it `error`.
  private var code: String? {
    guard let body, status >= 300 else { return nil }
    for detail in body["details"]?.elements ?? [] {
      if let issue = detail["issue"]?.text, Self.isCode(issue) { return issue }
    }
    return body["name"]?.text ?? body["error"]?.text
  }

  /// Payouts write sentences where orders write codes.
  private static func isCode(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy {
        (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_")
      }
  }

  private func text(_ what: String) -> String {
    let description =
      body?["details"]?.elements.first?["description"]?.text ?? body?["message"]?.text
      ?? body?["error_description"]?.text
    var text = "PayPal answered \(status): \(what)"
    if let description { text += ": \(description)" }
    if let debugID { text += " (debug id \(debugID))" }
    return text
  }
}
