/// What the members of one commit share.
///
/// **Invariant:** it lives as long as what it tells of. Members that are undone together share one,
/// and one that may be undone alone has its own. It is used on the connection that writes.
final class CommitScope {
  private struct Key: Hashable {
    let kind: String
    let subject: String
  }

  /// When an intent is due at the latest, and the intent if a member scheduled it.
  struct Scheduled {
    let dueAt: Int64
    let intent: Intent?
  }

  /// Statements that members have run, so that the next does not ask SQLite about them again.
  var statements: [String: CompiledStatement] = [:]
  private var deferred: [ObjectIdentifier: any DeferredRows] = [:]
  private var scheduled: [Key: Scheduled] = [:]

  /// The rows of a type that wait for the end of the commit; nil for none.
  func waiting<Rows: DeferredRows>(_ type: Rows.Type) -> Rows? {
    deferred[ObjectIdentifier(type)] as? Rows
  }

  func rows<Rows: DeferredRows>(_ type: Rows.Type) -> Rows {
    if let known = waiting(type) { return known }
    let rows = Rows()
    deferred[ObjectIdentifier(type)] = rows
    return rows
  }

  /// Writes what waits, in a transaction that ends with it.
  func write(_ transaction: Transaction) throws(StoreError) {
    for rows in deferred.values { try rows.write(transaction) }
  }

  /// What members before did about an intent.
  func scheduled(_ kind: String, _ subject: String) -> Scheduled? {
    scheduled.isEmpty ? nil : scheduled[Key(kind: kind, subject: subject)]
  }

  func note(_ kind: String, _ subject: String, dueAt: Int64, _ intent: Intent?) {
    scheduled[Key(kind: kind, subject: subject)] = Scheduled(dueAt: dueAt, intent: intent)
  }

  /// A member does something else about intents.
  func forgetIntents() { scheduled.removeAll() }
}

/// Rows that many members of a commit would change one after the other, such as sums: they are kept
/// in memory until the commit's end, and written once for all.
///
/// Until then the table lacks them, so whoever reads it in a transaction adds what waits.
public protocol DeferredRows: AnyObject {
  init()

  /// Writes them, before the commit; none waits after that. What it throws fails the commit, whose
  /// members are run again one by one.
  func write(_ transaction: Transaction) throws(StoreError)
}

extension Transaction {
  /// The rows of a type that are written at the end of this commit.
  public func deferred<Rows: DeferredRows>(_ type: Rows.Type) -> Rows {
    guard let scope else { preconditionFailure("a read defers nothing") }
    noteWriting()
    return scope.rows(type)
  }

  /// Those that members of this commit have deferred before; nil for none.
  public func waiting<Rows: DeferredRows>(_ type: Rows.Type) -> Rows? { scope?.waiting(type) }
}
