import Foundation

/// A certificate authority of a test, and what it vouches for, made by the program openssl.
public struct Authority: Sendable {
  /// Paths of a certificate and of its key.
  public struct Issued: Sendable {
    public let certificate: String
    public let key: String
  }

  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  private static let newKey = [
    "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
  ]

  /// Path of its own certificate.
  public let certificate: String
  private let key: String
  private let folder: String

  public init(_ name: String, in folder: String) throws {
    self.folder = folder
    certificate = "\(folder)/\(name).pem"
    key = "\(folder)/\(name).key"
    _ = try Self.openssl(
      ["req", "-x509", "-days", "2", "-subj", "/CN=\(name)", "-keyout", key, "-out", certificate]
        + Self.newKey)
  }

  /// Vouches for the bearer of a new key. Its files are replaced when they are there.
  ///
  /// - Parameters:
  ///   - names: entries of subjectAltName, such as `DNS:orders.example`.
  ///   - days: how long from now; less than none for one that has expired.
  public func issue(
    _ file: String, names: [String], commonName: String = "nobody", days: Int = 1
  ) throws -> Issued {
    let path = "\(folder)/\(file)"
    let fresh = "\(path).new"
    _ = try Self.openssl(
      [
        "req", "-new", "-subj", "/CN=\(commonName)", "-keyout", "\(fresh).key", "-out",
        "\(path).csr",
      ]
        + Self.newKey)
    var signing = [
      "x509", "-req", "-in", "\(path).csr", "-CA", certificate, "-CAkey", key, "-set_serial",
      "\(UInt32.random(in: 1 ... .max))", "-days", "\(days)", "-out", "\(fresh).pem",
    ]
    if !names.isEmpty {
      let extensions = "subjectAltName=\(names.joined(separator: ","))\n"
      try Data(extensions.utf8).write(to: URL(fileURLWithPath: "\(path).ext"))
      signing += ["-extfile", "\(path).ext"]
    }
    _ = try Self.openssl(signing)
    for kind in ["key", "pem"] {
      guard rename("\(fresh).\(kind)", "\(path).\(kind)") == 0 else {
        throw Failure(description: "cannot replace \(path).\(kind)")
      }
    }
    return Issued(certificate: "\(path).pem", key: "\(path).key")
  }

  /// Runs openssl, and gives what it printed.
  @discardableResult
  public static func openssl(_ arguments: [String], mayFail: Bool = false) throws -> String {
    let (status, text) = try Program.output(of: "/usr/bin/openssl", arguments, [:])
    guard mayFail || status == 0 else {
      throw Failure(description: "openssl \(arguments.joined(separator: " ")):\n\(text)")
    }
    return text
  }
}
