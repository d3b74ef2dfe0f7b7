import Store

/// The tables of `ledger.db`. A migration never changes once shipped.
enum Schema {
  /// "DWle": what SQLite's `application_id` says about the file.
  static let applicationID: Int32 = 0x4457_6C65

  static let migrations = [
    Migration("001 journal", journal), Migration("002 sales", sales),
    Migration("003 payouts", payouts), Migration("004 refunds", refunds),
    Migration("005 events", events), Migration("006 batches", batches),
    Migration("007 payout people", payoutPeople), Migration("008 payout terms", payoutTerms),
    Migration("009 checks", checks), Migration("010 waiting payouts", waitingPayouts),
    Migration("011 attested payouts", attestedPayouts),
    Migration("012 lean indexes", leanIndexes),
    Migration("013 entry people", entryPeople),
    Migration("014 sales by payouts", salesByPayouts),
  ]

  /// `account` is the sum of the postings per account, kept in the same transaction.
  private static let journal = """
    CREATE TABLE journalEntry (
      chain TEXT NOT NULL,
      sequence INTEGER NOT NULL CHECK (sequence > 0),
      entryID TEXT NOT NULL UNIQUE CHECK (entryID <> ''),
      kind TEXT NOT NULL CHECK (kind IN ('capture', 'sale', 'funding', 'payoutSubmitted',
        'payoutPaid', 'payoutReversed', 'refund', 'dispute')),
      orderID TEXT NOT NULL,
      environment INTEGER NOT NULL CHECK (environment IN (1, 2)),
      occurredAt INTEGER NOT NULL,
      recordedAt INTEGER NOT NULL,
      hash BLOB NOT NULL CHECK (length(hash) = 32),
      PRIMARY KEY (chain, sequence)
    ) STRICT, WITHOUT ROWID;

    CREATE INDEX journalEntryByOrder ON journalEntry (orderID, sequence) WHERE orderID <> '';

    CREATE TABLE posting (
      chain TEXT NOT NULL,
      sequence INTEGER NOT NULL,
      line INTEGER NOT NULL CHECK (line > 0),
      debit TEXT NOT NULL CHECK (debit <> ''),
      credit TEXT NOT NULL CHECK (credit <> '' AND credit <> debit),
      amount INTEGER NOT NULL CHECK (amount > 0),
      currency TEXT NOT NULL CHECK (length(currency) = 3),
      PRIMARY KEY (chain, sequence, line),
      FOREIGN KEY (chain, sequence) REFERENCES journalEntry (chain, sequence)
    ) STRICT, WITHOUT ROWID;

    CREATE TRIGGER journalEntryIsNotChanged BEFORE UPDATE ON journalEntry
      BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
    CREATE TRIGGER journalEntryIsNotDeleted BEFORE DELETE ON journalEntry
      BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
    CREATE TRIGGER postingIsNotChanged BEFORE UPDATE ON posting
      BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
    CREATE TRIGGER postingIsNotDeleted BEFORE DELETE ON posting
      BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

    CREATE TABLE account (
      environment INTEGER NOT NULL CHECK (environment IN (1, 2)),
      name TEXT NOT NULL CHECK (name <> ''),
      currency TEXT NOT NULL CHECK (length(currency) = 3),
      debits INTEGER NOT NULL CHECK (debits >= 0),
      credits INTEGER NOT NULL CHECK (credits >= 0),
      PRIMARY KEY (environment, name, currency)
    ) STRICT, WITHOUT ROWID;
    """

  private static let sales = """
    CREATE TABLE capture (
      orderID TEXT PRIMARY KEY NOT NULL CHECK (orderID <> ''),
      userID INTEGER NOT NULL CHECK (userID >= 0),
      environment INTEGER NOT NULL CHECK (environment IN (1, 2)),
      currency TEXT NOT NULL CHECK (length(currency) = 3),
      price INTEGER NOT NULL CHECK (price > 0),
      paymentFee INTEGER NOT NULL CHECK (paymentFee >= 0),
      captureID TEXT NOT NULL CHECK (captureID <> ''),
      UNIQUE (environment, captureID)
    ) STRICT;

    CREATE TABLE sale (
      number INTEGER PRIMARY KEY,
      orderID TEXT NOT NULL UNIQUE REFERENCES capture (orderID),
      userID INTEGER NOT NULL CHECK (userID >= 0),
      environment INTEGER NOT NULL CHECK (environment IN (1, 2)),
      currency TEXT NOT NULL CHECK (length(currency) = 3),
      price INTEGER NOT NULL CHECK (price > 0),
      landedCost INTEGER NOT NULL CHECK (landedCost >= 0),
      paymentFee INTEGER NOT NULL CHECK (paymentFee >= 0),
      gross INTEGER NOT NULL CHECK (gross = price - landedCost - paymentFee),
      commission INTEGER NOT NULL CHECK (commission >= 0),
      net INTEGER NOT NULL CHECK (net = gross - commission),
      rateBasisPoints INTEGER NOT NULL CHECK (rateBasisPoints BETWEEN 0 AND 10000),
      fundedBy TEXT NOT NULL CHECK (fundedBy IN ('reseller', 'platform')),
      productURL TEXT NOT NULL,
      marketplace TEXT NOT NULL,
      occurredAt INTEGER NOT NULL,
      recordedAt INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX saleByUser ON sale (userID, number);

    CREATE TRIGGER captureIsNotChanged BEFORE UPDATE ON capture
      BEGIN SELECT RAISE(ABORT, 'a capture is never changed'); END;
    CREATE TRIGGER captureIsNotDeleted BEFORE DELETE ON capture
      BEGIN SELECT RAISE(ABORT, 'a capture is never deleted'); END;
    CREATE TRIGGER saleIsNotDeleted BEFORE DELETE ON sale
      BEGIN SELECT RAISE(ABORT, 'a sale is never deleted'); END;

    CREATE TABLE funding (
      fundingID TEXT PRIMARY KEY NOT NULL CHECK (fundingID <> ''),
      environment INTEGER NOT NULL CHECK (environment IN (1, 2)),
      direction TEXT NOT NULL CHECK (direction IN ('topUp', 'withdrawal')),
      currency TEXT NOT NULL CHECK (length(currency) = 3),
      amount INTEGER NOT NULL CHECK (amount > 0)
    ) STRICT;

    CREATE TABLE commissionRate (
      userID INTEGER NOT NULL CHECK (userID >= 0),
      version INTEGER NOT NULL CHECK (version > 0),
      rateBasisPoints INTEGER NOT NULL CHECK (rateBasisPoints BETWEEN 0 AND 10000),
      updatedAt INTEGER NOT NULL,
      PRIMARY KEY (userID, version)
    ) STRICT, WITHOUT ROWID;
    """

  /// `payoutEnd` keeps what became of a generation when another follows it.
  private static let payouts = """
    CREATE TABLE payout (
      number INTEGER PRIMARY KEY,
      payoutID TEXT NOT NULL UNIQUE CHECK (payoutID <> ''),
      orderID TEXT NOT NULL,
      payee TEXT NOT NULL CHECK (payee <> ''),
      environment INTEGER NOT NULL CHECK (environment IN (1, 2)),
      currency TEXT NOT NULL CHECK (length(currency) = 3),
      due INTEGER NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('NOT_DUE', 'PENDING', 'SUBMITTED', 'PAID', 'UNCLAIMED',
        'RETURNED', 'FAILED', 'UNKNOWN')),
      amount INTEGER CHECK (amount > 0 AND amount <= due),
      fee INTEGER CHECK (fee >= 0),
      generation INTEGER NOT NULL DEFAULT 0 CHECK (generation >= 0),
      recipientEmail TEXT NOT NULL DEFAULT '',
      batchID TEXT NOT NULL DEFAULT '',
      itemID TEXT NOT NULL DEFAULT '',
      reasonCode TEXT NOT NULL DEFAULT '',
      reasonText TEXT NOT NULL DEFAULT '',
      reasonOwner TEXT NOT NULL DEFAULT '',
      providerCode TEXT NOT NULL DEFAULT '',
      submittedAt INTEGER NOT NULL DEFAULT 0,
      nextAt INTEGER NOT NULL DEFAULT 0,
      createdAt INTEGER NOT NULL,
      updatedAt INTEGER NOT NULL,
      CHECK (state IN ('NOT_DUE', 'PENDING') OR (amount IS NOT NULL AND generation > 0)),
      CHECK (state = 'NOT_DUE' OR due > 0)
    ) STRICT;
    CREATE INDEX payoutByPayee ON payout (payee, number);
    CREATE INDEX payoutPending ON payout (environment, currency, payee, reasonCode)
      WHERE state = 'PENDING';

    CREATE TRIGGER payoutIsNotDeleted BEFORE DELETE ON payout
      BEGIN SELECT RAISE(ABORT, 'a payout is never deleted'); END;

    CREATE TABLE payoutEnd (
      payoutID TEXT NOT NULL REFERENCES payout (payoutID),
      generation INTEGER NOT NULL CHECK (generation > 0),
      state TEXT NOT NULL CHECK (state IN ('PENDING', 'RETURNED', 'FAILED')),
      amount INTEGER NOT NULL CHECK (amount > 0),
      recipientEmail TEXT NOT NULL,
      batchID TEXT NOT NULL,
      itemID TEXT NOT NULL,
      reasonCode TEXT NOT NULL,
      reasonText TEXT NOT NULL,
      providerCode TEXT NOT NULL,
      recordedAt INTEGER NOT NULL,
      PRIMARY KEY (payoutID, generation)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE payoutRecipient (
      payee TEXT NOT NULL CHECK (payee <> ''),
      environment INTEGER NOT NULL CHECK (environment IN (1, 2)),
      version INTEGER NOT NULL CHECK (version > 0),
      email TEXT NOT NULL CHECK (email <> ''),
      updatedAt INTEGER NOT NULL,
      PRIMARY KEY (payee, environment, version)
    ) STRICT, WITHOUT ROWID;
    """

  /// A lost dispute is a refund too, with the id of its entry.
  private static let refunds = """
    CREATE TABLE refund (
      refundID TEXT PRIMARY KEY NOT NULL CHECK (refundID <> ''),
      orderID TEXT NOT NULL REFERENCES capture (orderID),
      refunded INTEGER NOT NULL CHECK (refunded >= 0),
      supplierRefunded INTEGER NOT NULL CHECK (supplierRefunded >= 0),
      CHECK (refunded > 0 OR supplierRefunded > 0)
    ) STRICT;
    CREATE INDEX refundByOrder ON refund (orderID);

    CREATE TABLE dispute (
      disputeID TEXT PRIMARY KEY NOT NULL CHECK (disputeID <> ''),
      orderID TEXT NOT NULL REFERENCES capture (orderID),
      state TEXT NOT NULL CHECK (state IN ('OPENED', 'WON', 'LOST')),
      held INTEGER NOT NULL CHECK (held >= 0),
      lost INTEGER NOT NULL CHECK (lost >= 0),
      fee INTEGER NOT NULL CHECK (fee >= 0),
      updatedAt INTEGER NOT NULL,
      CHECK (state <> 'OPENED' OR held > 0),
      CHECK (state = 'LOST' OR (lost = 0 AND fee = 0))
    ) STRICT;
    CREATE INDEX disputeByOrder ON dispute (orderID, state);

    CREATE INDEX postingByDebit ON posting (debit, currency, sequence, amount);
    CREATE INDEX postingByCredit ON posting (credit, currency, sequence, amount);

    CREATE TRIGGER refundIsNotChanged BEFORE UPDATE ON refund
      BEGIN SELECT RAISE(ABORT, 'a refund is never changed'); END;
    CREATE TRIGGER refundIsNotDeleted BEFORE DELETE ON refund
      BEGIN SELECT RAISE(ABORT, 'a refund is never deleted'); END;
    CREATE TRIGGER disputeIsNotDeleted BEFORE DELETE ON dispute
      BEGIN SELECT RAISE(ABORT, 'a dispute is never deleted'); END;
    CREATE TRIGGER saleIsNotChanged BEFORE UPDATE ON sale
      BEGIN SELECT RAISE(ABORT, 'a sale is never changed'); END;
    """

  /// What providers pushed, as received.
  private static let events = """
    CREATE TABLE providerEvent (
      provider TEXT NOT NULL CHECK (provider <> ''),
      eventID TEXT NOT NULL CHECK (eventID <> ''),
      eventType TEXT NOT NULL,
      environment INTEGER NOT NULL CHECK (environment IN (1, 2)),
      payload BLOB NOT NULL,
      occurredAt INTEGER NOT NULL,
      recordedAt INTEGER NOT NULL,
      PRIMARY KEY (provider, eventID)
    ) STRICT, WITHOUT ROWID;

    CREATE INDEX payoutByBatch ON payout (batchID) WHERE batchID <> '';
    """
}
