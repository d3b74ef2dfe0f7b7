/// The table of intents and the statements on it.
enum IntentTable {
  static let migrations = [
    Migration("store 001 intents", intents), Migration("store 002 origins", origins),
  ]

  private static let intents = """
    CREATE TABLE intent (
      kind TEXT NOT NULL CHECK (kind <> ''),
      subject TEXT NOT NULL CHECK (subject <> ''),
      dueAt INTEGER NOT NULL,
      attempts INTEGER NOT NULL CHECK (attempts >= 0),
      note TEXT NOT NULL,
      revision INTEGER NOT NULL,
      PRIMARY KEY (kind, subject)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX intentByDueAt ON intent (kind, dueAt);
    """

  /// Empty for what no call has scheduled.
  private static let origins = """
    ALTER TABLE intent ADD COLUMN requestID TEXT NOT NULL DEFAULT '';
    ALTER TABLE intent ADD COLUMN trace TEXT NOT NULL DEFAULT '';
    """

  static let schedule = """
    INSERT INTO intent (kind, subject, dueAt, attempts, note, revision, requestID, trace)
    VALUES ($1, $2, $3, 0, '', $4, $5, $6)
    ON CONFLICT (kind, subject) DO UPDATE
    SET dueAt = excluded.dueAt, attempts = 0, note = '', revision = excluded.revision,
      requestID = excluded.requestID, trace = excluded.trace
    """
  static let scheduleNoLater = "\(schedule) WHERE excluded.dueAt < intent.dueAt"
  static let postpone = """
    UPDATE intent SET dueAt = $3, note = $4 WHERE kind = $1 AND subject = $2
    """
  static let postponeRunning = """
    UPDATE intent SET dueAt = $3, note = $4, attempts = attempts + 1
    WHERE kind = $1 AND subject = $2 AND revision = $5
    """
  static let complete = "DELETE FROM intent WHERE kind = $1 AND subject = $2"
  static let completeRunning = """
    DELETE FROM intent WHERE kind = $1 AND subject = $2 AND revision = $3
    """
  static let find = "SELECT * FROM intent WHERE kind = $1 AND subject = $2"
  static let due = """
    SELECT * FROM intent WHERE kind = $1 AND dueAt <= $2 ORDER BY dueAt LIMIT $3
    """
  static let nextDue = """
    SELECT dueAt FROM intent WHERE kind = $1 AND dueAt > $2 ORDER BY dueAt LIMIT 1
    """
  static let kinds = "SELECT DISTINCT kind FROM intent ORDER BY kind"
}
