import Contract
import Crypto
import Foundation
import RPC
import Support

/// What the hash chain costs a sale: the hash of one that the ledger booked, made again and again.
///
/// The bytes are those of `JournalHash`, which this program cannot import. That they are shows in the
/// hash, which must be the one that the ledger stored.
struct HashCost {
  struct Differs: Error, CustomStringConvertible {
    let description = "the ledger's hash of a sale is another one; HashCost is not up to date"
  }

  private static let repeats = 20_000

  private let entry: JournalEntry
  private let previous: [UInt8]

  /// Asks the ledger for the sale of an order and for the entry before.
  init(of orderID: String, _ ledger: LedgerClient) async throws {
    let ofOrder = try await ledger.listEntries(
      .init(environment: .sandbox, orderID: orderID, pageSize: 10), options: Shop.asOperator)
    let sequence = ofOrder.entries.first { $0.kind == "sale" }?.sequence ?? 0
    let pair = try await ledger.listEntries(
      .init(environment: .sandbox, pageSize: 2, pageToken: "\(sequence - 2)"),
      options: Shop.asOperator
    ).entries
    guard pair.count == 2, pair[1].sequence == sequence, pair[1].kind == "sale" else {
      throw Differs()
    }
    (previous, entry) = (pair[0].hash, pair[1])
  }

  /// Processor time of one, in microseconds, with the making of its bytes.
  func microseconds() throws -> Double {
    guard hash(after: previous) == entry.hash else { throw Differs() }
    let begin = ProcessUse(of: getpid()).cpuSeconds
    var last = previous
    for _ in 0..<Self.repeats { last = hash(after: last) }
    return (ProcessUse(of: getpid()).cpuSeconds - begin) * 1e6 / Double(Self.repeats)
  }

  private func hash(after previous: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(256 + entry.postings.count * 80)
    Self.append("dropwire.journal.1", to: &bytes)
    bytes += previous
    Self.append("main", to: &bytes)
    Self.append(entry.sequence, to: &bytes)
    Self.append(entry.entryID, to: &bytes)
    Self.append(entry.kind, to: &bytes)
    Self.append(entry.orderID, to: &bytes)
    Self.append(Int64(entry.environment.rawValue), to: &bytes)
    Self.append(entry.occurredAt?.milliseconds ?? 0, to: &bytes)
    Self.append(entry.recordedAt?.milliseconds ?? 0, to: &bytes)
    Self.append(Int64(entry.postings.count), to: &bytes)
    for posting in entry.postings {
      Self.append(posting.debitAccount, to: &bytes)
      Self.append(posting.creditAccount, to: &bytes)
      Self.append(posting.amount?.minorUnits ?? 0, to: &bytes)
      Self.append(posting.amount?.currency ?? "", to: &bytes)
    }
    return [UInt8](SHA256.hash(data: bytes))
  }

  private static func append(_ number: Int64, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
  }

  private static func append(_ text: String, to bytes: inout [UInt8]) {
    append(Int64(text.utf8.count), to: &bytes)
    bytes.append(contentsOf: text.utf8)
  }
}
