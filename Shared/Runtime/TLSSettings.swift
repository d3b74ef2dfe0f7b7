public import RPC

/// By what a process is known on other machines: paths of its certificate and its key.
public struct TLSIdentity: Sendable, Hashable {
  public let certificate: String?
  public let key: String?
}

extension Settings {
  /// Declares the own certificate.
  public mutating func tlsIdentity() -> TLSIdentity {
    TLSIdentity(
      certificate: optionalText(
        "DROPWIRE_TLS_CERTIFICATE",
        help: "File with the certificate by which other machines know this process, in PEM, with "
          + "those that lead to its authority. A new file is used within seconds."),
      key: optionalText(
        "DROPWIRE_TLS_KEY", help: "File with the certificate's key, in PEM, mode 0600 or 0640."))
  }

  /// Declares the listener for peers on other machines.
  mutating func tlsListening(_ identity: TLSIdentity, _ peers: [PeerPolicy.Rule])
    -> TLSListening?
  {
    let listen = optionalText(
      "DROPWIRE_TLS_LISTEN",
      help: "HOST:PORT of a second listener, TCP with mutual TLS, for peers on other machines. A "
        + "rule cert:NAME=ROLE of DROPWIRE_PEERS lets in whose certificate has that name: a URI "
        + "or DNS name of its subjectAltName, or its common name when it has none.")
    let authority = optionalText(
      "DROPWIRE_TLS_CLIENT_CA",
      help: "File with the authorities from which peers' certificates must come, in PEM.")
    guard let listen else { return nil }
    let files = tlsFiles(
      identity, authority: ("DROPWIRE_TLS_CLIENT_CA", authority), for: "DROPWIRE_TLS_LISTEN")
    let address = HostAndPort(listen)
    if address == nil {
      reject("DROPWIRE_TLS_LISTEN is \"\(listen)\"; it must be HOST:PORT, such as 0.0.0.0:7443")
    }
    if !peers.contains(where: \.isOfCertificate) {
      reject(
        "DROPWIRE_TLS_LISTEN is set, and no rule cert:NAME=ROLE of DROPWIRE_PEERS lets anyone in")
    }
    guard let address else { return nil }
    return files.map { TLSListening(host: address.host, port: address.port, files: $0) }
  }

  /// Declares where other services listen: at their sockets in the directory, unless said otherwise.
  public mutating func targets(
    of services: [String], runDirectory: String, _ identity: TLSIdentity
  ) -> [String: RPCTarget] {
    var targets: [String: RPCTarget] = [:]
    let authority = optionalText(
      "DROPWIRE_TLS_SERVER_CA",
      help: "File with the authorities from which the certificates of called services must come.")
    for service in services {
      let name = "DROPWIRE_\(service.uppercased())_TARGET"
      let path = "\(runDirectory)/\(service).sock"
      let text = text(
        name, default: "unix:\(path)",
        help: "Where \(service) listens: unix:PATH, or tls://HOST:PORT with the own certificate; "
          + "?name=NAME after it when the service's certificate has another name than HOST.")
      targets[service] = target(name, text, ("DROPWIRE_TLS_SERVER_CA", authority), identity)
    }
    return targets
  }

  private mutating func target(
    _ name: String, _ text: String, _ authority: (String, String?), _ identity: TLSIdentity
  ) -> RPCTarget? {
    if text.hasPrefix("unix:/") { return .socket(path: String(text.dropFirst(5))) }
    let form = /tls:\/\/(?<address>[^?\/]+)(\?name=(?<name>[^?&=]+))?/
    guard let match = text.wholeMatch(of: form),
      let address = HostAndPort(String(match.output.address)), address.port > 0
    else {
      reject(
        "\(name) is \"\(text)\"; it must be unix:/PATH, tls://HOST:PORT or "
          + "tls://HOST:PORT?name=NAME")
      return nil
    }
    let expected = match.output.name.map(String.init)
    return tlsFiles(identity, authority: authority, for: name).map {
      .tls(
        TLSTarget(
          host: address.host, port: address.port,
          serverName: expected ?? (address.isNumeric ? nil : address.host), files: $0))
    }
  }

  /// The files that a setting needs; a problem for each that is not named or cannot be used.
  private mutating func tlsFiles(
    _ identity: TLSIdentity, authority: (name: String, path: String?), for setting: String
  ) -> TLSFiles? {
    let needed = [
      ("DROPWIRE_TLS_CERTIFICATE", identity.certificate), ("DROPWIRE_TLS_KEY", identity.key),
      authority,
    ]
    for (name, path) in needed where path == nil {
      reject("\(setting) is set, so \(name) must be too")
    }
    guard let certificate = identity.certificate, let key = identity.key,
      let authority = authority.path
    else { return nil }
    let files = TLSFiles(certificate: certificate, key: key, authority: authority)
    let problems = files.problems()
    for problem in problems where !allProblems.contains(problem) { reject(problem) }
    return problems.isEmpty ? files : nil
  }
}

extension PeerPolicy.Rule {
  fileprivate var isOfCertificate: Bool {
    if case .certificate = mark { true } else { false }
  }
}

/// `ledger.example:7443`, `10.0.0.7:7443` or `[::1]:7443`.
struct HostAndPort: Hashable {
  let host: String
  let port: Int

  init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (0...65_535).contains(port)
    else { return nil }
    var host = String(text[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = String(host.dropFirst().dropLast())
    } else if host.contains(":") {
      return nil
    }
    guard !host.isEmpty else { return nil }
    self.host = host
    self.port = port
  }

  /// An address instead of a name.
  var isNumeric: Bool {
    host.contains(":") || host.allSatisfy { $0.isNumber || $0 == "." }
  }
}
