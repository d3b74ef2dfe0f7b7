import Contract
import Foundation
import Logging
import Outside
import RPC
import Runtime
import X509

/// What the gateway needs to start.
struct GatewaySettings: Sendable {
  static let service = "gateway"
  private static let secretBytesMin = 32

  static let flags = [
    "--listen": "DROPWIRE_GATEWAY_LISTEN", "--public-url": "DROPWIRE_GATEWAY_PUBLIC_URL",
    "--jwt-secret-file": "DROPWIRE_GATEWAY_JWT_SECRET_FILE",
    "--jwks-file": "DROPWIRE_GATEWAY_JWKS_FILE", "--run-dir": "DROPWIRE_RUN_DIR",
  ]

  let host: String
  let port: Int
  /// Where people reach it, without a slash at the end; empty when that is not said.
  let publicURL: String
  let environment: Contract.Environment
  let logLevel: Logger.Level
  let targets: [String: RPCTarget]
  let limits: DoorLimits
  let tokens: TokenKeys
  let cookieSecret: [UInt8]?
  let webhooks: [PayPalDoor.World]
  let aliExpressToken: Secret?
  let outside: OutsideHTTP.Configuration
  let supervisor: Supervisor?

  /// Declares all of it. Problems are the settings' to tell.
  init(_ settings: inout Settings) async {
    (host, port) = Self.address(&settings)
    publicURL = Self.publicURL(&settings)
    environment =
      settings.choice(
        "DROPWIRE_GATEWAY_ENVIRONMENT", default: "sandbox", of: ["sandbox", "production"],
        help: "The world that a request means when it names none.") == "production"
      ? .production : .sandbox
    let level = settings.choice(
      "DROPWIRE_LOG_LEVEL", default: "info", of: Logger.Level.allCases.map(\.rawValue),
      help: "How much is logged, as JSON lines on standard error.")
    logLevel = Logger.Level(rawValue: level) ?? .info
    let runDirectory = settings.runDirectorySetting()
    let identity = settings.tlsIdentity()
    targets = settings.targets(
      of: ["orders", "purchasing", "ledger"], runDirectory: runDirectory, identity)
    limits = Self.limits(&settings)
    tokens = await Self.tokens(&settings)
    cookieSecret = Self.cookieSecret(&settings)
    webhooks = Self.webhooks(&settings)
    aliExpressToken = settings.secret(
      "DROPWIRE_GATEWAY_ALIEXPRESS_PUSH_TOKEN",
      help: "What the address for AliExpress' push messages has as ?token=. Absent: none are taken."
    )
    outside = settings.outsideHTTP()
    supervisor = settings.supervisor()
  }

  /// Where the supplier sends browsers back to.
  var callbackURL: String { publicURL.isEmpty ? "" : publicURL + ConsentCookie.path }

  var isSecure: Bool { publicURL.hasPrefix("https://") }

  private static func address(_ settings: inout Settings) -> (String, Int) {
    let text = settings.text(
      "DROPWIRE_GATEWAY_LISTEN", default: "127.0.0.1:8080",
      help: "HOST:PORT to listen at; port 0 takes any that is free. It speaks http alone: put a "
        + "proxy with TLS before it where others than this machine's reach it.")
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (0...65_535).contains(port), colon > text.startIndex
    else {
      settings.reject("DROPWIRE_GATEWAY_LISTEN is \"\(text)\"; it must be HOST:PORT")
      return ("127.0.0.1", 0)
    }
    let host = text[..<colon].replacing("[", with: "").replacing("]", with: "")
    return (String(host), port)
  }

  private static func publicURL(_ settings: inout Settings) -> String {
    var url =
      settings.optionalText(
        "DROPWIRE_GATEWAY_PUBLIC_URL",
        help:
          "Where people reach it, such as https://shop.example. The supplier sends browsers back "
          + "there. With https cookies travel by https alone.") ?? ""
    while url.hasSuffix("/") { url.removeLast() }
    if !url.isEmpty, !url.hasPrefix("https://"), !url.hasPrefix("http://") {
      settings.reject("DROPWIRE_GATEWAY_PUBLIC_URL is \"\(url)\"; it must be https://HOST")
    }
    return url
  }

  private static func limits(_ settings: inout Settings) -> DoorLimits {
    var limits = DoorLimits()
    limits.perSecond = settings.int(
      "DROPWIRE_GATEWAY_REQUESTS_PER_SECOND", default: limits.perSecond, in: 1...1_000_000,
      help: "Of one client: a person, or an address for those who have not signed in.")
    limits.burst = settings.int(
      "DROPWIRE_GATEWAY_REQUEST_BURST", default: limits.burst, in: 1...1_000_000,
      help: "Requests that one client may make at once.")
    limits.proxies = settings.int(
      "DROPWIRE_GATEWAY_PROXIES", default: 0, in: 0...8,
      help: "Proxies before it that add to X-Forwarded-For: an address is then the one that the "
        + "first of them was called from.")
    limits.viewersOfOneMax = settings.int(
      "DROPWIRE_GATEWAY_VIEWERS_OF_ONE", default: limits.viewersOfOneMax, in: 1...10_000,
      help: "Live updates that one client may have open.")
    limits.bodySeconds = settings.int(
      "DROPWIRE_GATEWAY_BODY_SECONDS", default: limits.bodySeconds, in: 1...300,
      help: "How long a request's body may take to come.")
    let seconds = settings.int(
      "DROPWIRE_GATEWAY_ANSWER_SECONDS", default: 20, in: 1...300,
      help: "How long a service may take to answer.")
    limits.answerTimeout = .seconds(seconds)
    return limits
  }

  private static func cookieSecret(_ settings: inout Settings) -> [UInt8]? {
    let name = "DROPWIRE_GATEWAY_COOKIE_SECRET_FILE"
    let path = settings.optionalText(
      name,
      help: "File with the secret of cookies, 32 bytes or more; the same for all gateways of one "
        + "address. Absent: one that is made at start and ends with the process.")
    return path.flatMap { secret(&settings, name, $0) }
  }

  /// The bytes of a secret's file without line breaks at the end.
  private static func secret(_ settings: inout Settings, _ name: String, _ path: String) -> [UInt8]?
  {
    guard var bytes = FileManager.default.contents(atPath: path).map({ [UInt8]($0) }) else {
      settings.reject("\(name): the file \(path) cannot be read")
      return nil
    }
    while let last = bytes.last, last == 0x0A || last == 0x0D { bytes.removeLast() }
    guard bytes.count >= secretBytesMin else {
      settings.reject("\(name): \(path) has \(bytes.count) bytes; at least 32 are needed")
      return nil
    }
    return bytes
  }
}

extension GatewaySettings {
  private static func tokens(_ settings: inout Settings) async -> TokenKeys {
    let secretPath = settings.optionalText(
      "DROPWIRE_GATEWAY_JWT_SECRET_FILE",
      help: "File with the secret of tokens signed by HS256, 32 bytes or more.")
    let keyID = settings.text(
      "DROPWIRE_GATEWAY_JWT_SECRET_KEY_ID", default: "dropwire",
      help: "The kid of tokens signed with that secret.")
    let keySetPath = settings.optionalText(
      "DROPWIRE_GATEWAY_JWKS_FILE",
      help: "File with the JSON Web Key Set of those who sign tokens by ES256 or RS256. Read once.")
    let issuer = settings.text(
      "DROPWIRE_GATEWAY_JWT_ISSUER", default: "dropwire", help: "The iss that tokens must have.")
    let audience = settings.text(
      "DROPWIRE_GATEWAY_JWT_AUDIENCE", default: "dropwire", help: "The aud that they must have.")
    var keys = TokenKeys(issuer: issuer, audience: audience)
    do throws(KeyProblem) {
      if let path = secretPath,
        let bytes = secret(&settings, "DROPWIRE_GATEWAY_JWT_SECRET_FILE", path)
      {
        try await keys.add(secret: bytes, keyID: keyID)
      }
      if let path = keySetPath {
        guard let set = FileManager.default.contents(atPath: path) else {
          throw KeyProblem("the file \(path) cannot be read")
        }
        try await keys.add(keySet: set)
      }
    } catch {
      settings.reject("DROPWIRE_GATEWAY_JWKS_FILE: \(error.text)")
    }
    if secretPath == nil, keySetPath == nil {
      settings.reject(
        "nobody could sign in: set DROPWIRE_GATEWAY_JWT_SECRET_FILE or DROPWIRE_GATEWAY_JWKS_FILE")
    }
    return keys
  }

  private static func webhooks(_ settings: inout Settings) -> [PayPalDoor.World] {
    let worlds: [(String, Contract.Environment)] = [
      ("SANDBOX", .sandbox), ("PRODUCTION", .production),
    ]
    return worlds.compactMap { name, environment in
      let prefix = "DROPWIRE_\(name)_PAYPAL"
      let webhookID = settings.optionalText(
        "\(prefix)_WEBHOOK_ID",
        help: "Of our webhook in PayPal's \(name.lowercased()). Absent: no events of it are taken.")
      let rootsName = "\(prefix)_WEBHOOK_ROOTS"
      let rootsPath = settings.text(
        rootsName, default: "/etc/ssl/certs/ca-certificates.crt",
        help: "File with the roots that PayPal's certificate must lead to, in PEM.")
      let imitation = settings.optionalText(
        "\(prefix)_WEBHOOK_CERTIFICATES",
        help: "Address on this machine, http://127.0.0.1:PORT, where PayPal is imitated and its "
          + "certificates are. Absent: https at paypal.com.")
      guard let webhookID else { return nil }
      if let imitation, !imitation.hasPrefix("http://127.0.0.1:") || imitation.hasSuffix("/") {
        settings.reject("\(prefix)_WEBHOOK_CERTIFICATES must be http://127.0.0.1:PORT")
      }
      let text = try? String(contentsOfFile: rootsPath, encoding: .utf8)
      let roots = CertificateChains.certificates(text ?? "")
      if roots.isEmpty {
        settings.reject("\(rootsName): there are no certificates in \(rootsPath)")
      }
      return PayPalDoor.World(
        environment: environment, webhookID: webhookID, roots: roots, imitation: imitation)
    }
  }
}
