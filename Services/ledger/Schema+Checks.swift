import Store

extension Schema {
  /// What the background check has found; `endedAt` is 0 while it is so. `checkPosition` has one row:
  /// where its walk along the journal is, and the newest entry it has ever seen.
  static let checks = """
    CREATE TABLE finding (
      rule TEXT NOT NULL CHECK (rule <> ''),
      subject TEXT NOT NULL,
      foundAt INTEGER NOT NULL,
      text TEXT NOT NULL,
      endedAt INTEGER NOT NULL,
      PRIMARY KEY (rule, subject, foundAt)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX findingOpen ON finding (foundAt) WHERE endedAt = 0;

    CREATE TABLE checkPosition (
      number INTEGER PRIMARY KEY CHECK (number = 1),
      sequence INTEGER NOT NULL,
      hash BLOB NOT NULL,
      sums TEXT NOT NULL,
      seenSequence INTEGER NOT NULL,
      seenHash BLOB NOT NULL,
      passedAt INTEGER NOT NULL
    ) STRICT;
    INSERT INTO checkPosition VALUES (1, 0, x'', '', 0, x'', 0);

    CREATE TABLE payoutHold (
      number INTEGER PRIMARY KEY,
      heldAt INTEGER NOT NULL,
      releasedAt INTEGER NOT NULL DEFAULT 0,
      releasedBy TEXT NOT NULL DEFAULT '',
      note TEXT NOT NULL DEFAULT '',
      CHECK ((releasedAt = 0) = (releasedBy = ''))
    ) STRICT;
    CREATE UNIQUE INDEX payoutHoldOpen ON payoutHold (releasedAt) WHERE releasedAt = 0;

    ALTER TABLE commissionRate ADD COLUMN setBy TEXT NOT NULL DEFAULT '';
    ALTER TABLE commissionRate ADD COLUMN note TEXT NOT NULL DEFAULT '';
    CREATE TRIGGER commissionRateIsNotChanged BEFORE UPDATE ON commissionRate
      BEGIN SELECT RAISE(ABORT, 'a rate is never changed; the next one is added'); END;
    CREATE TRIGGER commissionRateIsNotDeleted BEFORE DELETE ON commissionRate
      BEGIN SELECT RAISE(ABORT, 'a rate is never deleted'); END;
    """
}
