import Store

/// What the background check has found, and how far it is.
struct CheckStore {
  let transaction: Transaction

  /// A finding that is not over, with the time when it was first seen.
  struct Open: Hashable, Sendable {
    let finding: Finding
    let foundAt: Int64
  }

  /// Replaces what is open of a rule. What is open already keeps its time and gets the new text.
  ///
  /// - Returns: what was not open before.
  func replace(_ rule: String, with findings: [Finding]) throws -> [Finding] {
    let open = Dictionary(
      try transaction.rows(
        "SELECT subject, text FROM finding WHERE rule = $1 AND endedAt = 0", [.text(rule)]
      ).map { ($0.text("subject"), $0.text("text")) }, uniquingKeysWith: { first, _ in first })
    for subject in Set(open.keys).subtracting(findings.map(\.subject)) {
      try transaction.run(
        "UPDATE finding SET endedAt = $3 WHERE rule = $1 AND subject = $2 AND endedAt = 0",
        [.text(rule), .text(subject), .integer(transaction.now)])
    }
    var new: [Finding] = []
    for finding in findings {
      guard let text = open[finding.subject] else {
        try insert(finding)
        new.append(finding)
        continue
      }
      if text == finding.text { continue }
      try transaction.run(
        "UPDATE finding SET text = $3 WHERE rule = $1 AND subject = $2 AND endedAt = 0",
        [.text(rule), .text(finding.subject), .text(finding.text)])
    }
    return new
  }

  private func insert(_ finding: Finding) throws {
    try transaction.run(
      """
      INSERT INTO finding (rule, subject, foundAt, text, endedAt) VALUES ($1, $2, $3, $4, 0)
      ON CONFLICT DO NOTHING
      """,
      [
        .text(finding.rule), .text(finding.subject), .integer(transaction.now),
        .text(finding.text),
      ])
  }

  /// Everything that is open, oldest first.
  func open() throws -> [Open] {
    try transaction.rows(
      "SELECT rule, subject, text, foundAt FROM finding WHERE endedAt = 0 ORDER BY foundAt, rule"
    ).map { Open(finding: Finding(rule: $0.text("rule"), $0), foundAt: $0.int("foundAt")) }
  }

  // MARK: How far it is

  /// The walk of a pass that a stop interrupted.
  func walk() throws -> JournalWalk? {
    try transaction.row("SELECT sequence, hash, sums FROM checkPosition WHERE sequence > 0")
      .flatMap {
        JournalWalk(
          sequence: $0.int("sequence"), hash: $0.blob("hash"), sumsText: $0.text("sums"))
      }
  }

  /// One that has found breaks is not kept: the next pass must find them again.
  func keep(_ walk: JournalWalk) throws {
    guard walk.breaks.shown.isEmpty else { return }
    try transaction.run(
      "UPDATE checkPosition SET sequence = $1, hash = $2, sums = $3",
      [.integer(walk.sequence), .blob(walk.hash), .text(walk.sumsText)])
  }

  /// Notes that all was read, up to an entry that must not go away.
  func end(_ walk: JournalWalk) throws {
    if try missing().shown.isEmpty {
      try transaction.run(
        "UPDATE checkPosition SET seenSequence = $1, seenHash = $2",
        [.integer(walk.sequence), .blob(walk.hash)])
    }
    try transaction.run(
      "UPDATE checkPosition SET sequence = 0, hash = $1, sums = '', passedAt = $2",
      [.blob([]), .integer(transaction.now)])
  }

  /// Whether the newest entry that a pass has seen went away.
  func missing() throws -> RuleFindings {
    let rows = try transaction.rows(
      """
      SELECT seenSequence FROM checkPosition WHERE seenSequence > 0 AND NOT EXISTS (
        SELECT 1 FROM journalEntry WHERE chain = $1 AND sequence = seenSequence AND hash = seenHash)
      """,
      [.text(Journal.chain)])
    var found = RuleFindings(rule: JournalWalk.seenRule)
    found.add(
      rows.map {
        Finding(
          rule: JournalWalk.seenRule, subject: "entry \($0.int("seenSequence"))",
          text: "it is not the one it was")
      })
    return found
  }

  /// When all was read last; 0 for never.
  func passedAt() throws -> Int64 {
    try transaction.row("SELECT passedAt FROM checkPosition")?.int("passedAt") ?? 0
  }
}
