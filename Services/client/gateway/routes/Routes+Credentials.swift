import Contract
import Hummingbird

extension Routes {
  /// A reseller's credentials at a supplier. Secrets go in and never come out.
  static let credentials: [Route] = [
    .reading(
      "/api/credentials/{api}", "getCredentialStatus",
      "Whether credentials work, until when, and what to do.", query: [.userID, .environment]
    ) { call in
      try await call.services.credentials.getCredentialStatus(
        .init(userID: call.userID, api: call.id("api"), environment: call.environment()),
        options: call.options)
    },
    .taking(
      verb: .put, "/api/credentials/{api}", "putCredentials", "Stores credentials, sealed."
    ) { (call, request: PutCredentialsRequest) in
      var request = request
      try call.same(&request.api, "api")
      request.userID = call.userID(request.userID)
      request.environment = call.environment(request.environment)
      return try await call.services.credentials.putCredentials(request, options: call.options)
    },
    .reading(
      verb: .delete, "/api/credentials/{api}", "deleteCredentials", "Forgets credentials.",
      query: [.userID, .environment]
    ) { call in
      try await call.services.credentials.deleteCredentials(
        .init(userID: call.userID, api: call.id("api"), environment: call.environment()),
        options: call.options)
    },
    .reading(
      "/api/credentials/{api}/history", "getCredentialHistory",
      "Every use and change of credentials, newest first.",
      query: [.userID, .environment] + QueryField.page
    ) { call in
      try await call.services.credentials.getCredentialHistory(
        .init(
          userID: call.userID, api: call.id("api"), environment: call.environment(),
          pageSize: call.query.pageSize, pageToken: call.query.pageToken), options: call.options)
    },
  ]

  /// A reseller lets the supplier give us tokens.
  static let connecting: [Route] = [
    Route(
      .get, "/api/marketplace/auth-url/{api}", "beginAuthorization",
      "The supplier's page on which the reseller consents. The browser that asks must be the one "
        + "that comes back.", query: [.userID, .environment],
      answer: .json(BeginAuthorizationResponse.shape)
    ) { try await Connecting.begin($0) },
    Route(
      .get, "/api/marketplace-oauth/callback", "completeAuthorization",
      "Where the supplier sends the browser back to.", audience: .everyone,
      query: [
        .text("code", "The supplier's code."), .text("state", "Of beginAuthorization."),
        .text("error", "Why there is no code."), .text("error_description", "The same for people."),
      ], answer: .page
    ) { try await Connecting.complete($0) },
  ]
}
