import Store

/// What the background check has found, and how far it is.
struct CheckStore {
  let transaction: Transaction

  /// A finding that is not over, with the time when it was first seen.
  struct Open: Hashable, Sendable {
    let finding: Finding
    let foundAt: Int64
  }

  /// Replaces what is open of a rule.
  ///
  /// - Returns: what was not open before.
  func replace(_ rule: String, with findings: [Finding]) throws -> [Finding] {
    let subjects = Set(findings.map(\.subject))
    for row in try rows(rule) where !subjects.contains(row.text("subject")) {
      try transaction.run(
        "UPDATE finding SET endedAt = $3 WHERE rule = $1 AND subject = $2 AND endedAt = 0",
        [.text(rule), .text(row.text("subject")), .integer(transaction.now)])
    }
    let known = Set(try rows(rule).map { $0.text("subject") })
    var new: [Finding] = []
    for finding in findings where !known.contains(finding.subject) {
      try transaction.run(
        """
        INSERT INTO finding (rule, subject, foundAt, text, endedAt) VALUES ($1, $2, $3, $4, 0)
        ON CONFLICT DO NOTHING
        """,
        [
          .text(rule), .text(finding.subject), .integer(transaction.now), .text(finding.text),
        ])
      new.append(finding)
    }
    return new
  }

  private func rows(_ rule: String) throws -> [Row] {
    try transaction.rows(
      "SELECT subject FROM finding WHERE rule = $1 AND endedAt = 0", [.text(rule)])
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
    guard walk.breaks.isEmpty else { return }
    try transaction.run(
      "UPDATE checkPosition SET sequence = $1, hash = $2, sums = $3",
      [.integer(walk.sequence), .blob(walk.hash), .text(walk.sumsText)])
  }

  /// Notes that all was read, up to an entry that must not go away.
  func end(_ walk: JournalWalk) throws {
    if try missing().isEmpty {
      try transaction.run(
        "UPDATE checkPosition SET seenSequence = $1, seenHash = $2",
        [.integer(walk.sequence), .blob(walk.hash)])
    }
    try transaction.run(
      "UPDATE checkPosition SET sequence = 0, hash = $1, sums = '', passedAt = $2",
      [.blob([]), .integer(transaction.now)])
  }

  /// Whether the newest entry that a pass has seen went away.
  func missing() throws -> [Finding] {
    try transaction.rows(
      """
      SELECT seenSequence FROM checkPosition WHERE seenSequence > 0 AND NOT EXISTS (
        SELECT 1 FROM journalEntry WHERE chain = $1 AND sequence = seenSequence AND hash = seenHash)
      """,
      [.text(Journal.chain)]
    ).map {
      let number = $0.int("seenSequence")
      return Finding(
        rule: JournalWalk.seenRule, subject: "entry \(number)", text: "it is not the one it was")
    }
  }

  /// When all was read last; 0 for never.
  func passedAt() throws -> Int64 {
    try transaction.row("SELECT passedAt FROM checkPosition")?.int("passedAt") ?? 0
  }
}
