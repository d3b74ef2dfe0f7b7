import Store

extension Schema {
  /// Payouts are sent in batches. Those that were sent before, each as a batch of its own, become
  /// batches of one; what was not answered is asked for again under its key.
  ///
  /// The sending slot of an environment and currency is an index: one batch that PayPal may not have
  /// yet, and whose answer is not known to be lost, is there at a time.
  static let batches = """
    CREATE TABLE payoutBatch (
      senderBatchID TEXT PRIMARY KEY NOT NULL CHECK (senderBatchID <> ''),
      environment INTEGER NOT NULL CHECK (environment IN (1, 2)),
      currency TEXT NOT NULL CHECK (length(currency) = 3),
      items INTEGER NOT NULL CHECK (items BETWEEN 1 AND 15000),
      state TEXT NOT NULL CHECK (state IN ('SENDING', 'NOT_TAKEN', 'UNKNOWN', 'ACCEPTED',
        'REFUSED')),
      batchID TEXT NOT NULL DEFAULT '',
      attempts INTEGER NOT NULL CHECK (attempts >= 0),
      claimedUntil INTEGER NOT NULL,
      nextAt INTEGER NOT NULL,
      createdAt INTEGER NOT NULL,
      updatedAt INTEGER NOT NULL,
      CHECK ((batchID <> '') = (state = 'ACCEPTED'))
    ) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX payoutBatchInSlot ON payoutBatch (environment, currency)
      WHERE state IN ('SENDING', 'NOT_TAKEN');
    CREATE INDEX payoutBatchByID ON payoutBatch (batchID) WHERE batchID <> '';

    CREATE TRIGGER payoutBatchIsNotDeleted BEFORE DELETE ON payoutBatch
      BEGIN SELECT RAISE(ABORT, 'a batch is never deleted'); END;
    CREATE TRIGGER payoutBatchIsNotComposedAnew
      BEFORE UPDATE OF senderBatchID, environment, currency, items, createdAt ON payoutBatch
      BEGIN SELECT RAISE(ABORT, 'what a batch was made from is never changed'); END;

    ALTER TABLE payout ADD COLUMN senderBatchID TEXT NOT NULL DEFAULT '';
    ALTER TABLE payout ADD COLUMN groupMax INTEGER NOT NULL DEFAULT 0 CHECK (groupMax >= 0);
    ALTER TABLE payout ADD COLUMN feeCurrency TEXT NOT NULL DEFAULT '';
    UPDATE payout SET feeCurrency = currency WHERE fee IS NOT NULL;

    UPDATE payout SET senderBatchID = CASE WHEN orderID = '' THEN payoutID || '-demand-'
        ELSE replace(payoutID, '/', '-') || '-' END || generation
      WHERE generation > 0 AND state NOT IN ('PENDING', 'NOT_DUE');
    INSERT INTO payoutBatch (senderBatchID, environment, currency, items, state, batchID, attempts,
        claimedUntil, nextAt, createdAt, updatedAt)
      SELECT senderBatchID, environment, currency, 1,
        CASE WHEN batchID <> '' THEN 'ACCEPTED' WHEN state IN ('FAILED', 'RETURNED') THEN 'REFUSED'
          ELSE 'UNKNOWN' END,
        batchID, 1, 0, nextAt, submittedAt, updatedAt
      FROM payout WHERE senderBatchID <> '';
    DELETE FROM intent WHERE kind IN ('submitPayout', 'pollPayout');
    INSERT INTO intent (kind, subject, dueAt, attempts, note, revision)
      SELECT CASE state WHEN 'UNKNOWN' THEN 'repeatPayouts' ELSE 'pollPayouts' END, senderBatchID,
        0, 0, '', 1
      FROM payoutBatch WHERE state = 'UNKNOWN' OR state = 'ACCEPTED' AND EXISTS (
        SELECT 1 FROM payout WHERE payout.senderBatchID = payoutBatch.senderBatchID
          AND payout.state <> 'PAID' AND payout.state <> 'FAILED' AND payout.state <> 'RETURNED');
    INSERT INTO intent (kind, subject, dueAt, attempts, note, revision)
      SELECT DISTINCT 'sendPayouts',
        CASE environment WHEN 1 THEN 'sandbox' ELSE 'production' END || '/' || currency, 0, 0, '', 1
      FROM payout WHERE state = 'PENDING';

    DROP INDEX payoutByBatch;
    ALTER TABLE payout DROP COLUMN batchID;
    CREATE INDEX payoutBySenderBatch ON payout (senderBatchID) WHERE senderBatchID <> '';
    CREATE INDEX payoutDue ON payout (environment, currency, nextAt) WHERE state = 'PENDING';

    CREATE TRIGGER payoutOnItsWayIsNotChanged
      BEFORE UPDATE OF amount, recipientEmail, generation, senderBatchID ON payout
      WHEN OLD.state IN ('SUBMITTED', 'UNKNOWN', 'UNCLAIMED', 'PAID') AND NEW.state = OLD.state
      BEGIN SELECT RAISE(ABORT, 'what was sent is never changed'); END;
    """
}
