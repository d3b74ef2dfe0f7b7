import Foundation
import NIOSSL

/// A certificate, its key, and the authority that vouches for the other side: files in PEM.
///
/// They may be replaced at any time: new connections use the new ones, and broken ones are not used.
public struct TLSFiles: Sendable, Hashable {
  /// The own certificate, and after it those that lead to an authority.
  public let certificate: String
  /// The certificate's key. Nobody but its user and group may read it.
  public let key: String
  /// The certificates of the authorities from which the other side's must come.
  public let authority: String

  /// Why the files cannot be used.
  public struct Unusable: Error, CustomStringConvertible, Sendable, Hashable {
    /// One for each thing that is wrong.
    public let problems: [String]

    public var description: String { problems.joined(separator: "; ") }
  }

  public init(certificate: String, key: String, authority: String) {
    self.certificate = certificate
    self.key = key
    self.authority = authority
  }

  /// Everything that is wrong with the files now; empty when they can be used.
  public func problems() -> [String] {
    do {
      _ = try context(.server)
      return []
    } catch {
      return error.problems
    }
  }

  enum Side { case server, client }

  /// What a handshake needs, from the files as they are now.
  func context(_ side: Side) throws(Unusable) -> NIOSSLContext {
    var problems: [String] = []
    let chain = certificates(certificate, &problems)
    let roots = certificates(authority, &problems)
    if let own = chain.first, own.notValidAfter <= time(nil) {
      problems.append("the certificate in \(certificate) has expired")
    }
    let key = privateKey(&problems)
    guard problems.isEmpty, let key else { throw Unusable(problems: problems) }
    do {
      return try NIOSSLContext(configuration: Self.configuration(side, chain, key, roots))
    } catch {
      throw Unusable(
        problems: ["the key in \(self.key) is not that of the certificate in \(certificate)"])
    }
  }

  private static func configuration(
    _ side: Side, _ chain: [NIOSSLCertificate], _ key: NIOSSLPrivateKey,
    _ roots: [NIOSSLCertificate]
  ) -> TLSConfiguration {
    var configuration = TLSConfiguration.makeClientConfiguration()
    if side == .server {
      configuration = TLSConfiguration.makeServerConfigurationWithMTLS(
        certificateChain: [], privateKey: .privateKey(key), trustRoots: .certificates(roots))
    }
    configuration.certificateChain = chain.map { .certificate($0) }
    configuration.privateKey = .privateKey(key)
    configuration.trustRoots = .certificates(roots)
    configuration.minimumTLSVersion = .tlsv13
    configuration.applicationProtocols = [TLSLimits.applicationProtocol]
    configuration.shutdownTimeout = TLSLimits.shutdownTimeout
    return configuration
  }

  private func certificates(_ path: String, _ problems: inout [String]) -> [NIOSSLCertificate] {
    guard let bytes = read(path, &problems) else { return [] }
    let found = (try? NIOSSLCertificate.fromPEMBytes(bytes)) ?? []
    if found.isEmpty { problems.append("\(path) holds no certificate in PEM") }
    return found
  }

  private func privateKey(_ problems: inout [String]) -> NIOSSLPrivateKey? {
    var status = stat()
    if stat(key, &status) == 0, status.st_mode & 0o007 != 0 {
      let mode = String(status.st_mode & 0o777, radix: 8)
      problems.append("\(key) has mode 0\(mode), so that everyone can reach it; chmod 0600 it")
      return nil
    }
    guard let bytes = read(key, &problems) else { return nil }
    do {
      return try NIOSSLPrivateKey(bytes: bytes, format: .pem)
    } catch {
      problems.append("\(key) holds no key in PEM, or one with a passphrase")
      return nil
    }
  }

  private func read(_ path: String, _ problems: inout [String]) -> [UInt8]? {
    let file = fopen(path, "re")
    guard let file else {
      problems.append("cannot read \(path): \(String(cString: strerror(errno)))")
      return nil
    }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: TLSLimits.fileBytesMax + 1)
    let count = fread(&bytes, 1, bytes.count, file)
    guard ferror(file) == 0, count <= TLSLimits.fileBytesMax else {
      problems.append("cannot read \(path), or it is above \(TLSLimits.fileBytesMax) bytes")
      return nil
    }
    return Array(bytes[..<count])
  }
}
