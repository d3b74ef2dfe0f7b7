import Contract
import Store

/// Reads the whole chain again and compares each hash.
///
/// Appends may go on meanwhile: what is checked ends at the head that was newest at the start.
struct JournalCheck: Sendable {
  static let entriesPerPage = 1000

  struct Result: Hashable, Sendable {
    var entries: Int64
    var headHash: [UInt8]
    /// Empty when the chain is whole.
    var firstBad: String
  }

  let store: Store

  /// Checks the chain, and that a head seen earlier is still in it.
  func verify(expectedHead: [UInt8]) async throws -> Result {
    let head = try await store.read { try Journal(transaction: $0).head() }
    var (sequence, hash, lastID) = (Int64(0), JournalHash.start, "")
    var foundHead = expectedHead.isEmpty || expectedHead == JournalHash.start
    while sequence < head.sequence {
      let from = sequence
      let page = try await store.read {
        try Journal(transaction: $0).entries(after: from, limit: Self.entriesPerPage)
      }
      if page.isEmpty { break }
      for stored in page where stored.content.sequence <= head.sequence {
        let content = stored.content
        guard content.sequence == sequence + 1, !content.lines.isEmpty,
          JournalHash.hash(content, after: hash) == stored.hash
        else { return Result(entries: sequence, headHash: hash, firstBad: content.entryID) }
        (sequence, hash, lastID) = (content.sequence, stored.hash, content.entryID)
        if hash == expectedHead { foundHead = true }
      }
      if let last = page.last, last.content.sequence > head.sequence { break }
    }
    return Result(
      entries: sequence, headHash: hash,
      firstBad: foundHead ? "" : lastID.isEmpty ? "missing" : "missing after \(lastID)")
  }

  /// What does not add up, by rule; empty when all does.
  func findings() async throws -> [(rule: JournalRules.Rule, found: RuleFindings)] {
    try await store.read { transaction in
      try JournalRules.all.map { ($0, try JournalRules.findings($0, transaction)) }
        .filter { !$0.1.shown.isEmpty }
    }
  }
}
