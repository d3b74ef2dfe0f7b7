import Logging
import Store

/// Looks for what does not add up while the service works, on a small part of the time.
///
/// A pass reads everything once: each rule of `JournalRules`, and the whole journal in steps. After
/// each step it rests many times as long as the step took. A pass that a stop interrupted goes on
/// where it was; when one is over, the next begins after a pause.
///
/// What it finds is logged once at `error`, and kept until a later pass does not find it any more.
struct BookChecker: Sendable {
  /// It works a twentieth of the time.
  private static let restShare = 19
  /// A walk that is longer than this is kept this often.
  private static let keptEvery = Duration.seconds(30)

  let store: Store
  let logger: Logger
  /// Between the end of a pass and the next.
  let pause: Duration
  /// Entries, sales or payouts that one step reads.
  var stepSize = 500

  /// Checks until its task is cancelled.
  func run() async {
    while !Task.isCancelled {
      do {
        try await pass()
      } catch is CancellationError {
        return
      } catch {
        logger.warning("the check of the books stopped", metadata: ["error": "\(error)"])
      }
      try? await Task.sleep(for: pause)
    }
  }

  /// Reads everything once.
  func pass() async throws {
    for rule in JournalRules.all where !rule.isOnDemandOnly {
      try await report(try await findings(rule))
    }
    let walk = try await walk()
    try await report(try await store.read { try CheckStore(transaction: $0).missing() })
    try await report(walk.breaks)
    try await store.write { try CheckStore(transaction: $0).end(walk) }
  }

  /// Rows that break a rule, read in steps where the rule is about single sales or payouts.
  private func findings(_ rule: JournalRules.Rule) async throws -> RuleFindings {
    guard let counted = rule.scope.table else {
      return try await resting { try JournalRules.findings(rule, $0) }
    }
    var (found, after) = (RuleFindings(rule: rule.name), Int64(0))
    let last = try await store.read { transaction in
      try transaction.row("SELECT COALESCE(MAX(number), 0) AS last FROM \(counted)")?.int("last")
    }
    while after < last ?? 0 {
      let range = (after, after + Int64(stepSize))
      let some = try await resting { try JournalRules.findings(rule, $0, range) }
      found.add(some.shown, more: some.more)
      after = range.1
    }
    return found
  }

  /// Walks the journal to its end and compares the sums there.
  private func walk() async throws -> JournalWalk {
    var walk = try await store.read { try CheckStore(transaction: $0).walk() } ?? JournalWalk()
    let limit = stepSize
    var keptAt = ContinuousClock.now
    while true {
      let from = walk
      let (next, findings) = try await resting { transaction in
        try Self.step(from, limit, transaction)
      }
      walk = next
      if let findings {
        try await report(findings)
        return walk
      }
      if ContinuousClock.now - keptAt > Self.keptEvery {
        let reached = walk
        try await store.write { try CheckStore(transaction: $0).keep(reached) }
        keptAt = .now
      }
    }
  }

  /// - Returns: the walk after the next entries, and at the end of the journal what does not fit.
  static func step(_ walk: JournalWalk, _ limit: Int, _ transaction: Transaction) throws
    -> (JournalWalk, RuleFindings?)
  {
    var walk = walk
    let journal = Journal(transaction: transaction)
    let entries = try journal.entries(after: walk.sequence, limit: limit)
    walk.take(entries)
    if entries.count == limit { return (walk, nil) }
    return (walk, walk.findings(try journal.keptSums()))
  }

  private func report(_ found: RuleFindings) async throws {
    let (rule, findings) = (found.rule, found.lines)
    let open = try await store.read { try CheckStore(transaction: $0).open() }
      .map(\.finding).filter { $0.rule == rule }
    // Nothing is written while nothing changes.
    if Set(open) == Set(findings) { return }
    let fresh = try await store.write {
      try CheckStore(transaction: $0).replace(rule, with: findings)
    }
    for finding in fresh {
      logger.error(
        "the books do not add up",
        metadata: [
          "rule": "\(finding.rule)", "subject": "\(finding.subject)", "found": "\(finding.text)",
        ])
    }
  }

  /// Reads, then rests for many times as long as that took.
  private func resting<Value: Sendable>(
    _ body: @escaping @Sendable (Transaction) throws -> Value
  ) async throws -> Value {
    let begin = ContinuousClock.now
    let value = try await store.read(body)
    try await Task.sleep(for: (ContinuousClock.now - begin) * Self.restShare)
    return value
  }
}

extension Journal {
  /// What is kept for each account.
  func keptSums() throws -> [JournalWalk.Key: JournalWalk.Sums] {
    let rows = try transaction.rows(
      "SELECT environment, name, currency, debits, credits FROM account")
    return Dictionary(
      uniqueKeysWithValues: rows.map { row in
        (
          JournalWalk.Key(
            environment: row.int("environment"), name: row.text("name"),
            currency: row.text("currency")),
          JournalWalk.Sums(debits: row.int("debits"), credits: row.int("credits"))
        )
      })
  }
}
