import Contract
import Outside
import Runtime

/// What a consent needs of the platform, per environment: its own application, and where the supplier
/// sends the browser back to.
struct AuthorizationSettings: Sendable {
  struct Part: Sendable {
    /// The platform's application; nil when resellers bring their own.
    var application: Application?
    var redirectURL: String?
  }

  var sandbox = Part()
  var production = Part()

  subscript(_ environment: Contract.Environment) -> Part {
    switch environment {
    case .sandbox: sandbox
    case .production: production
    case .unspecified, .unrecognized: Part()
    }
  }
}

extension Settings {
  /// Declares the platform's own applications, and where a consent leads back to.
  mutating func authorization() -> AuthorizationSettings {
    AuthorizationSettings(sandbox: part("SANDBOX"), production: part("PRODUCTION"))
  }

  private mutating func part(_ environment: String) -> AuthorizationSettings.Part {
    let prefix = "DROPWIRE_\(environment)_ALIEXPRESS"
    let key = optionalText(
      "\(prefix)_APP_KEY",
      help: "AliExpress application that resellers authorize who have none of their own.")
    let secret = secret("\(prefix)_APP_SECRET", help: "That application's secret.")
    let redirectURL = optionalText(
      "\(prefix)_CALLBACK_URL",
      help: "Where AliExpress sends the browser after a consent; registered with the application.")
    var part = AuthorizationSettings.Part(redirectURL: redirectURL)
    switch (key, secret) {
    case (let key?, let secret?): part.application = Application(key: key, secret: secret)
    case (nil, nil): break
    default: reject("\(prefix)_APP_KEY and \(prefix)_APP_SECRET must be set together")
    }
    return part
  }
}
