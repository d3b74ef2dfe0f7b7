extension Transaction {
  /// Makes an intent due at a time, or now; one that exists is scheduled anew. One that is running
  /// runs again after.
  public func schedule(_ kind: String, _ subject: String, at dueAt: Int64? = nil)
    throws(StoreError)
  {
    let dueAt = dueAt ?? now
    if running?.isFor(kind, subject) == true { settlesRunning = true }
    // Members of one commit that schedule the same share the row, and its revision.
    if let same = scope?.scheduled(kind, subject), same.dueAt == dueAt, let intent = same.intent {
      changes.append(.scheduled(intent))
      return
    }
    try schedule(kind, subject, dueAt, IntentTable.schedule)
  }

  /// Makes sure that an intent is due at a time or before; one that is stays as it is.
  public func schedule(_ kind: String, _ subject: String, noLaterThan dueAt: Int64)
    throws(StoreError)
  {
    if running?.isFor(kind, subject) == true {
      // Its row is due since before the run, and would stay as it is.
      return try schedule(kind, subject, at: dueAt)
    }
    if let known = scope?.scheduled(kind, subject), known.dueAt <= dueAt { return }
    try schedule(kind, subject, dueAt, IntentTable.scheduleNoLater)
  }

  private func schedule(_ kind: String, _ subject: String, _ dueAt: Int64, _ sql: String)
    throws(StoreError)
  {
    let intent = Intent(
      kind: kind, subject: subject, dueAt: dueAt, attempts: 0, note: "",
      origin: origin?(), revision: .random(in: 0 ... .max))
    let changed = try run(
      sql,
      [
        .text(kind), .text(subject), .integer(dueAt), .integer(intent.revision),
        .text(intent.origin?.requestID ?? ""), .text(intent.origin?.trace ?? ""),
      ])
    scope?.note(kind, subject, dueAt: dueAt, changed == 1 ? intent : nil)
    if changed == 1 { changes.append(.scheduled(intent)) }
  }

  /// Lets an intent wait until a time. Its handler cannot postpone what others scheduled anew
  /// meanwhile; what does not exist stays so.
  public func postpone(_ kind: String, _ subject: String, until dueAt: Int64, note: String)
    throws(StoreError)
  {
    scope?.forgetIntents()
    if let running, running.isFor(kind, subject) {
      settlesRunning = true
      try postpone(running.intent, until: dueAt, note: note)
      return
    }
    let changed = try run(
      IntentTable.postpone, [.text(kind), .text(subject), .integer(dueAt), .text(note)])
    if changed == 1 { changes.append(.postponed(kind: kind, subject: subject, until: dueAt)) }
  }

  /// Lets an intent that was run wait, unless it was scheduled anew or ended meanwhile.
  func postpone(_ intent: Intent, until dueAt: Int64, note: String) throws(StoreError) {
    scope?.forgetIntents()
    let changed = try run(
      IntentTable.postponeRunning,
      [
        .text(intent.kind), .text(intent.subject), .integer(dueAt), .text(note),
        .integer(intent.revision),
      ])
    if changed == 1 {
      changes.append(.postponed(kind: intent.kind, subject: intent.subject, until: dueAt))
    }
  }

  /// Ends an intent. Its handler does not end what others scheduled anew meanwhile.
  public func complete(_ kind: String, _ subject: String) throws(StoreError) {
    scope?.forgetIntents()
    var (sql, values) = (IntentTable.complete, [SQLValue.text(kind), .text(subject)])
    if let running, running.isFor(kind, subject) {
      settlesRunning = true
      sql = IntentTable.completeRunning
      values.append(.integer(running.intent.revision))
    }
    if try run(sql, values) == 1 {
      changes.append(.completed(kind: kind, subject: subject))
    }
  }

  /// The intent as it stands; nil when there is none.
  public func intent(_ kind: String, _ subject: String) throws(StoreError) -> Intent? {
    try row(IntentTable.find, [.text(kind), .text(subject)]).map { Intent($0) }
  }
}
