import HTTPTypes

/// Headers that every answer carries: nothing is guessed, framed, stored or told to others.
struct SecurityHeaders: Sendable {
  /// Whether people reach the gateway by https alone.
  let isSecure: Bool

  func add(to headers: inout HTTPFields, _ requestID: String) {
    headers[.xContentTypeOptions] = "nosniff"
    headers[.frameOptions] = "DENY"
    if headers[.referrerPolicy] == nil { headers[.referrerPolicy] = "no-referrer" }
    headers[.resourcePolicy] = "same-origin"
    headers[.openerPolicy] = "same-origin"
    headers[.permissionsPolicy] = "camera=(), geolocation=(), microphone=(), payment=()"
    if headers[.contentSecurityPolicy] == nil {
      headers[.contentSecurityPolicy] =
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    }
    if headers[.cacheControl] == nil { headers[.cacheControl] = "no-store" }
    if isSecure { headers[.strictTransportSecurity] = "max-age=31536000; includeSubDomains" }
    headers[.requestID] = requestID
  }
}
