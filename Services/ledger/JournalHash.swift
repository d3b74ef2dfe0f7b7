import Crypto

/// The hash that chains the journal's entries.
///
/// SHA-256 over these bytes, without gaps:
///
///     text      length in bytes (8, big endian) | UTF-8
///     number    8 bytes, big endian, two's complement
///
///     entry  =  text    "dropwire.journal.1"
///               bytes   hash of the entry before, 32 bytes; zeros before the first
///               text    chain
///               number  sequence
///               text    entryID
///               text    kind
///               text    orderID
///               number  environment (1 sandbox, 2 production)
///               number  occurredAt, milliseconds since the epoch
///               number  recordedAt, milliseconds since the epoch
///               number  count of postings, then each in its order:
///                 text    debit account
///                 text    credit account
///                 number  amount in minor units
///                 text    currency
///
/// Every part has its length or is of fixed length, so no two entries have the same bytes.
struct JournalHash {
  static let byteCount = 32
  /// What stands before the first entry.
  static let start = [UInt8](repeating: 0, count: byteCount)

  /// The columns of a posting as they are stored.
  struct Line: Hashable, Sendable {
    let debit: String
    let credit: String
    let minorUnits: Int64
    let currency: String
  }

  /// The columns of an entry as they are stored.
  struct Content: Hashable, Sendable {
    let chain: String
    let sequence: Int64
    let entryID: String
    let kind: String
    let orderID: String
    let environment: Int64
    let occurredAt: Int64
    let recordedAt: Int64
    let lines: [Line]
  }

  /// The hash of an entry that follows the one with hash `previous`.
  static func hash(_ content: Content, after previous: [UInt8]) -> [UInt8] {
    [UInt8](SHA256.hash(data: encoding(content, after: previous)))
  }

  static func encoding(_ content: Content, after previous: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(256 + content.lines.count * 80)
    append("dropwire.journal.1", to: &bytes)
    bytes += previous
    append(content.chain, to: &bytes)
    append(content.sequence, to: &bytes)
    append(content.entryID, to: &bytes)
    append(content.kind, to: &bytes)
    append(content.orderID, to: &bytes)
    append(content.environment, to: &bytes)
    append(content.occurredAt, to: &bytes)
    append(content.recordedAt, to: &bytes)
    append(Int64(content.lines.count), to: &bytes)
    for line in content.lines {
      append(line.debit, to: &bytes)
      append(line.credit, to: &bytes)
      append(line.minorUnits, to: &bytes)
      append(line.currency, to: &bytes)
    }
    return bytes
  }

  private static func append(_ number: Int64, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
  }

  private static func append(_ text: String, to bytes: inout [UInt8]) {
    append(Int64(text.utf8.count), to: &bytes)
    bytes.append(contentsOf: text.utf8)
  }
}
