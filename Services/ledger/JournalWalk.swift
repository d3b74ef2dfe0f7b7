import Contract
import Runtime
import Store

/// A walk along the journal: checks each entry's hash and adds up every account on the way.
///
/// **Invariant:** it is a value that can be kept and resumed; what it found comes from the entries
/// before `sequence` and from nothing else.
struct JournalWalk: Hashable, Sendable {
  static let chainRule = "every entry's hash follows from the one before"
  static let sumsRule = "an account's sums are those of its postings"
  static let seenRule = "what was in the journal stays there"
  struct Key: Hashable, Sendable {
    let environment: Int64
    let name: String
    let currency: String
  }

  struct Sums: Hashable, Sendable {
    var debits: Int64 = 0
    var credits: Int64 = 0
  }

  /// The newest entry that was read, and its hash.
  private(set) var sequence: Int64 = 0
  private(set) var hash = JournalHash.start
  private(set) var sums: [Key: Sums] = [:]
  private(set) var breaks = RuleFindings(rule: chainRule)

  /// Reads the next entries. After a break it goes on from what is stored.
  mutating func take(_ entries: [StoredEntry]) {
    for stored in entries {
      let content = stored.content
      if content.sequence != sequence + 1 {
        add("follows entry \(sequence) as number \(content.sequence)", content)
      } else if content.lines.isEmpty {
        add("has no postings", content)
      } else if JournalHash.hash(content, after: hash) != stored.hash {
        add("does not have the hash of its content", content)
      }
      (sequence, hash) = (content.sequence, stored.hash)
      for line in content.lines {
        add(content, line.debit, line, to: \.debits)
        add(content, line.credit, line, to: \.credits)
      }
    }
  }

  private mutating func add(_ text: String, _ content: JournalHash.Content) {
    breaks.add([Finding(rule: Self.chainRule, subject: content.entryID, text: text)])
  }

  /// What overflows is wrong anyway and differs from what is kept.
  private mutating func add(
    _ content: JournalHash.Content, _ name: String, _ line: JournalHash.Line,
    to side: WritableKeyPath<Sums, Int64>
  ) {
    let key = Key(environment: content.environment, name: name, currency: line.currency)
    sums[key, default: Sums()][keyPath: side] &+= line.minorUnits
  }

  /// Compares the sums with those that are kept, read in the same moment as the last entry.
  func findings(_ kept: [Key: Sums]) -> RuleFindings {
    var found = RuleFindings(rule: Self.sumsRule)
    found.add(
      Set(sums.keys).union(kept.keys)
        .filter { sums[$0] ?? Sums() != kept[$0] ?? Sums() }
        .sorted { ($0.environment, $0.name, $0.currency) < ($1.environment, $1.name, $1.currency) }
        .map { key in
          let (kept, posted) = (kept[key] ?? Sums(), sums[key] ?? Sums())
          let world = Contract.Environment(rawValue: Int32(clamping: key.environment)).word
          return Finding(
            rule: Self.sumsRule, subject: "\(world) \(key.name) \(key.currency)",
            text: "kept \(kept.debits)/\(kept.credits), posted \(posted.debits)/\(posted.credits)")
        })
    return found
  }

  // MARK: Kept

  /// One account a line: environment, currency, debits, credits, name.
  var sumsText: String {
    sums.map { key, sums in
      "\(key.environment) \(key.currency) \(sums.debits) \(sums.credits) \(key.name)"
    }.sorted().joined(separator: "\n")
  }

  init() {}

  /// A walk as it was kept; nil when the text is not ours.
  init?(sequence: Int64, hash: [UInt8], sumsText: String) {
    self.sequence = sequence
    self.hash = hash
    for line in sumsText.split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 4).map(String.init)
      guard parts.count == 5, let environment = Int64(parts[0]), let debits = Int64(parts[2]),
        let credits = Int64(parts[3])
      else { return nil }
      let key = Key(environment: environment, name: parts[4], currency: parts[1])
      sums[key] = Sums(debits: debits, credits: credits)
    }
  }
}
