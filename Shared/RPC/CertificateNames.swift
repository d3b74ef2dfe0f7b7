import NIOSSL

extension NIOSSLCertificate {
  private static let namesMax = 32

  /// What the certificate says who its bearer is: the URIs and DNS names of its subjectAltName; a
  /// certificate that has none of these, the subject's common name.
  var bearerNames: [String] {
    let all = _subjectAlternativeNames().prefix(Self.namesMax)
    let kinds: [_SubjectAlternativeName.NameType] = [.uri, .dnsName]
    let names = kinds.flatMap { kind in
      all.filter { $0.nameType == kind }.compactMap { Self.text(Array($0.contents)) }
    }
    if !names.isEmpty { return names }
    let common = (try? toDERBytes()).flatMap(CommonName.init(certificate:))
    return [common.flatMap { Self.text($0.bytes) }].compactMap(\.self)
  }

  /// Names that could be taken for others are none.
  private static func text(_ bytes: [UInt8]) -> String? {
    guard !bytes.isEmpty, bytes.allSatisfy({ 0x21...0x7E ~= $0 }) else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }
}
