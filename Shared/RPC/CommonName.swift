/// The common name of a certificate's subject.
///
///     Certificate    SEQUENCE { tbsCertificate, ... }
///     tbsCertificate SEQUENCE { [0] version, serialNumber, signature, issuer, validity, subject, ... }
///     subject        SEQUENCE OF SET OF SEQUENCE { type OBJECT IDENTIFIER, value }
///
/// Source: RFC 5280, 4.1. The bytes are those of a certificate that the TLS library has read.
struct CommonName {
  private static let type: [UInt8] = [0x55, 0x04, 0x03]
  private static let sequence: UInt8 = 0x30
  private static let version: UInt8 = 0xA0
  private static let textTags: Set<UInt8> = [0x0C, 0x13, 0x16]  // UTF8, Printable, IA5

  let bytes: [UInt8]

  /// Nil when there is none, or more than one.
  init?(certificate: [UInt8]) {
    var outer = DERReader(certificate[...])
    guard let whole = outer.next(), whole.tag == Self.sequence else { return nil }
    var inner = DERReader(whole.content)
    guard let signed = inner.next(), signed.tag == Self.sequence else { return nil }
    var fields = DERReader(signed.content)
    var first = fields.next()
    if first?.tag == Self.version { first = fields.next() }
    // signature, issuer, validity, and after them the subject.
    for _ in 0..<3 { guard fields.next() != nil else { return nil } }
    guard first != nil, let subject = fields.next(), subject.tag == Self.sequence else {
      return nil
    }
    let names = Self.commonNames(subject.content)
    guard names.count == 1 else { return nil }
    bytes = names[0]
  }

  private static func commonNames(_ subject: ArraySlice<UInt8>) -> [[UInt8]] {
    DERReader(subject).flatMap { DERReader($0.content) }.compactMap { pair in
      var parts = DERReader(pair.content)
      guard let type = parts.next(), Array(type.content) == Self.type, let value = parts.next(),
        textTags.contains(value.tag)
      else { return nil }
      return Array(value.content)
    }
  }
}

/// Reads elements of DER one after the other; ends at the first that is not whole.
private struct DERReader: Sequence, IteratorProtocol {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  mutating func next() -> (tag: UInt8, content: ArraySlice<UInt8>)? {
    guard let tag = rest.popFirst(), let first = rest.popFirst() else { return nil }
    var length = Int(first)
    if first >= 0x80 {
      let count = Int(first & 0x7F)
      guard (1...3).contains(count), rest.count >= count else { return nil }
      length = rest.prefix(count).reduce(0) { $0 << 8 | Int($1) }
      rest = rest.dropFirst(count)
    }
    guard rest.count >= length else { return nil }
    defer { rest = rest.dropFirst(length) }
    return (tag, rest.prefix(length))
  }
}
