import RPC

/// What is refused about credentials beyond wrong fields and missing rows, in order of precedence.
enum CredentialError: Error, Hashable, Sendable {
  /// No application is known that the reseller could authorize.
  case noApplication(environment: String)
  /// Nobody said where the supplier shall send the browser back to.
  case noRedirectURL(environment: String)
  /// The state was never given, or another took its place.
  case stateNotKnown
  case stateExpired
  /// It was used with another code, or its code was refused.
  case stateUsed
  /// The same exchange is under way.
  case exchangeUnderWay
  /// Another master key is the newest.
  case keyNotNewest(given: String, newest: String)
  /// The refresh is not over yet.
  case refreshGoesOn
}

extension CredentialError: RPCErrorConvertible {
  var rpcError: RPCError {
    let again = "; begin again with BeginAuthorization"
    switch self {
    case .noApplication(let environment):
      return RPCError(
        .failedPrecondition,
        "no application to authorize: give app_key and app_secret, or set DROPWIRE_"
          + "\(environment.uppercased())_ALIEXPRESS_APP_KEY and _APP_SECRET",
        reason: ErrorReason(code: "NO_APPLICATION"))
    case .noRedirectURL(let environment):
      return RPCError(
        .failedPrecondition,
        "nowhere to send the browser back to: give redirect_url, or set DROPWIRE_"
          + "\(environment.uppercased())_ALIEXPRESS_CALLBACK_URL",
        reason: ErrorReason(code: "NO_REDIRECT_URL"))
    case .stateNotKnown:
      return RPCError(
        .failedPrecondition,
        "the state is not known: it was never given, or a newer one took its place" + again,
        reason: ErrorReason(code: "STATE_NOT_KNOWN"))
    case .stateExpired:
      return RPCError(
        .failedPrecondition,
        "the state has expired: it is good for \(Consent.life / 60_000) minutes" + again,
        reason: ErrorReason(code: "STATE_EXPIRED"))
    case .stateUsed:
      return RPCError(
        .failedPrecondition, "the state is used: it is good for one code" + again,
        reason: ErrorReason(code: "STATE_USED"))
    case .exchangeUnderWay:
      return RPCError(
        .unavailable, "the same exchange is under way; ask again with the same state and code",
        reason: ErrorReason(code: "EXCHANGE_UNDER_WAY"))
    case .keyNotNewest(let given, let newest):
      return RPCError(
        .failedPrecondition,
        "key_id is \"\(given.prefix(60))\", the newest master key is \(newest); start with the "
          + "wanted one as DROPWIRE_MASTER_KEY_FILE first",
        reason: ErrorReason(code: "KEY_NOT_NEWEST", metadata: ["newest": newest]))
    case .refreshGoesOn:
      return RPCError(
        .unavailable, "the tokens are being renewed; look at the credentials' status",
        reason: ErrorReason(code: "REFRESH_GOES_ON"))
    }
  }
}
