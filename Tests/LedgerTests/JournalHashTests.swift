import Testing

@testable import Ledger

/// The canonical encoding, against vectors computed by another program.
@Suite struct JournalHashTests {
  private static let capture = JournalHash.Content(
    chain: "main", sequence: 1, entryID: "o-1/capture", kind: "capture", orderID: "o-1",
    environment: 1, occurredAt: 1_790_000_000_000, recordedAt: 1_790_000_000_001,
    lines: [.init(debit: "paypal", credit: "buyerDeposits", minorUnits: 2000, currency: "USD")])

  private static let sale = JournalHash.Content(
    chain: "main", sequence: 2, entryID: "o-1/sale", kind: "sale", orderID: "o-1",
    environment: 1, occurredAt: 1_790_000_001_000, recordedAt: 1_790_000_001_001,
    lines: [
      .init(debit: "buyerDeposits", credit: "sales", minorUnits: 2000, currency: "USD"),
      .init(debit: "supplierCost", credit: "reseller:42", minorUnits: 800, currency: "USD"),
      .init(debit: "commission", credit: "adminPayable", minorUnits: 120, currency: "USD"),
      .init(debit: "resellerShare", credit: "reseller:42", minorUnits: 1080, currency: "USD"),
    ])

  @Test func `two chained entries have the hashes of the vectors`() {
    let first = JournalHash.hash(Self.capture, after: JournalHash.start)
    #expect(
      JournalExport.hex(first)
        == "8b3ec4628c99ac3cebbd04eec2daf263e805e39d8c8f7ce034340b85f49d5b84")
    let second = JournalHash.hash(Self.sale, after: first)
    #expect(
      JournalExport.hex(second)
        == "4e05970522e9c448c5f68a636e5f2c5145b461b838ad97919be3e1ba4037ce72")
  }

  @Test func `the encoding has every length in front`() {
    let bytes = JournalHash.encoding(Self.capture, after: JournalHash.start)
    #expect(bytes.prefix(8) == [0, 0, 0, 0, 0, 0, 0, 18])
    #expect(bytes.dropFirst(8).prefix(18).elementsEqual("dropwire.journal.1".utf8))
    let texts = ["main", "o-1/capture", "capture", "o-1", "paypal", "buyerDeposits", "USD"]
    let lengths = texts.reduce(0) { $0 + 8 + $1.utf8.count }
    #expect(bytes.count == 8 + 18 + 32 + lengths + 6 * 8)
  }

  @Test func `moving a letter from one field to the next changes the hash`() {
    func content(_ kind: String, _ orderID: String) -> JournalHash.Content {
      JournalHash.Content(
        chain: "main", sequence: 1, entryID: "e", kind: kind, orderID: orderID, environment: 1,
        occurredAt: 0, recordedAt: 0, lines: [])
    }
    let hashes = [("ab", "c"), ("a", "bc"), ("abc", "")].map {
      JournalHash.hash(content($0.0, $0.1), after: JournalHash.start)
    }
    #expect(Set(hashes).count == 3)
  }
}
