/// Something to be done, committed with whatever made it necessary.
///
/// **Invariant:** one row per kind and subject. It is there until the transaction that records its
/// outcome completes it, so a crash at any moment leads to it being run again.
public struct Intent: Hashable, Sendable {
  /// What is to be done; names the handler.
  public let kind: String
  /// To what: an id.
  public let subject: String
  /// Milliseconds since the epoch.
  public let dueAt: Int64
  /// How often it was run since it was scheduled anew.
  public let attempts: Int
  /// Why it waits; empty when nobody said.
  public let note: String
  /// The call that it goes back to; nil when it was scheduled by no call.
  public let origin: Origin?
  /// Differs from one scheduling to the next, so that the end of a run does not end what was
  /// scheduled meanwhile.
  let revision: Int64

  public init(
    kind: String, subject: String, dueAt: Int64 = 0, attempts: Int = 0, note: String = ""
  ) {
    self.init(
      kind: kind, subject: subject, dueAt: dueAt, attempts: attempts, note: note, origin: nil,
      revision: 0)
  }

  init(
    kind: String, subject: String, dueAt: Int64, attempts: Int, note: String, origin: Origin? = nil,
    revision: Int64
  ) {
    self.kind = kind
    self.subject = subject
    self.dueAt = dueAt
    self.attempts = attempts
    self.note = note
    self.origin = origin
    self.revision = revision
  }

  /// The one whose handler runs in this task.
  public static var running: Intent? { RunningIntent.current?.intent }

  init(_ row: Row) {
    let trace = row.text("trace")
    self.init(
      kind: row.text("kind"), subject: row.text("subject"), dueAt: row.int("dueAt"),
      attempts: Int(row.int("attempts")), note: row.text("note"),
      origin: trace.isEmpty ? nil : Origin(requestID: row.text("requestID"), trace: trace),
      revision: row.int("revision"))
  }
}

/// What a commit changed about an intent.
enum IntentChange: Hashable, Sendable {
  case scheduled(Intent)
  case postponed(kind: String, subject: String, until: Int64)
  case completed(kind: String, subject: String)
}
