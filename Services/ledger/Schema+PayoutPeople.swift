import Store

extension Schema {
  /// Who said what about payouts: whose address it is, and what became of one that PayPal forgot.
  /// Addresses from before count as verified.
  static let payoutPeople = """
    ALTER TABLE payoutRecipient ADD COLUMN putBy TEXT NOT NULL DEFAULT 'unknown';
    ALTER TABLE payoutRecipient ADD COLUMN verifiedBy TEXT NOT NULL DEFAULT '';
    ALTER TABLE payoutRecipient ADD COLUMN verifiedAt INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE payoutRecipient ADD COLUMN evidence TEXT NOT NULL DEFAULT '';
    UPDATE payoutRecipient SET verifiedBy = 'unknown', verifiedAt = updatedAt;

    CREATE TRIGGER payoutRecipientIsNotDeleted BEFORE DELETE ON payoutRecipient
      BEGIN SELECT RAISE(ABORT, 'a recipient is never deleted'); END;
    CREATE TRIGGER payoutRecipientIsNotChanged
      BEFORE UPDATE OF payee, environment, version, email, putBy, updatedAt ON payoutRecipient
      BEGIN SELECT RAISE(ABORT, 'a recipient is never changed'); END;
    CREATE TRIGGER payoutRecipientIsVerifiedOnce BEFORE UPDATE ON payoutRecipient
      WHEN OLD.verifiedBy <> ''
      BEGIN SELECT RAISE(ABORT, 'a recipient is verified once'); END;

    CREATE TABLE payoutAttestation (
      payoutID TEXT NOT NULL REFERENCES payout (payoutID),
      generation INTEGER NOT NULL CHECK (generation > 0),
      finding TEXT NOT NULL CHECK (finding IN ('NOT_SENT', 'PAID')),
      evidence TEXT NOT NULL CHECK (evidence <> ''),
      sent TEXT NOT NULL,
      fee TEXT NOT NULL,
      attestedBy TEXT NOT NULL CHECK (attestedBy <> ''),
      recordedAt INTEGER NOT NULL,
      PRIMARY KEY (payoutID, generation)
    ) STRICT, WITHOUT ROWID;

    CREATE TRIGGER payoutAttestationIsNotChanged BEFORE UPDATE ON payoutAttestation
      BEGIN SELECT RAISE(ABORT, 'an attestation is never changed'); END;
    CREATE TRIGGER payoutAttestationIsNotDeleted BEFORE DELETE ON payoutAttestation
      BEGIN SELECT RAISE(ABORT, 'an attestation is never deleted'); END;
    """

  /// When payees are paid, and which payout carries others. A covered payout keeps its own row
  /// PENDING and has no part in anything: what became of it, its cover says.
  static let payoutTerms = """
    CREATE TABLE payoutTerms (
      environment INTEGER NOT NULL CHECK (environment IN (1, 2)),
      currency TEXT NOT NULL CHECK (length(currency) = 3),
      payee TEXT NOT NULL,
      version INTEGER NOT NULL CHECK (version > 0),
      schedule TEXT NOT NULL CHECK (schedule IN ('PER_SALE', 'DAILY', 'WEEKLY')),
      hour INTEGER NOT NULL CHECK (hour BETWEEN 0 AND 23),
      weekday INTEGER NOT NULL CHECK (weekday BETWEEN 0 AND 7),
      minimum INTEGER NOT NULL CHECK (minimum >= 0),
      holdHours INTEGER NOT NULL CHECK (holdHours >= 0),
      setBy TEXT NOT NULL CHECK (setBy <> ''),
      updatedAt INTEGER NOT NULL,
      PRIMARY KEY (environment, currency, payee, version)
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER payoutTermsAreNotChanged BEFORE UPDATE ON payoutTerms
      BEGIN SELECT RAISE(ABORT, 'terms are never changed'); END;
    CREATE TRIGGER payoutTermsAreNotDeleted BEFORE DELETE ON payoutTerms
      BEGIN SELECT RAISE(ABORT, 'terms are never deleted'); END;

    ALTER TABLE payout ADD COLUMN coveredBy TEXT NOT NULL DEFAULT ''
      CHECK (coveredBy = '' OR state = 'PENDING');
    CREATE INDEX payoutByCover ON payout (coveredBy) WHERE coveredBy <> '';
    DROP INDEX payoutDue;
    DROP INDEX payoutPending;
    CREATE INDEX payoutDue ON payout (environment, currency, nextAt)
      WHERE state = 'PENDING' AND coveredBy = '';
    CREATE INDEX payoutPending ON payout (environment, currency, payee, reasonCode)
      WHERE state = 'PENDING' AND coveredBy = '';
    CREATE TRIGGER payoutStaysCovered BEFORE UPDATE OF coveredBy ON payout
      WHEN OLD.coveredBy <> ''
      BEGIN SELECT RAISE(ABORT, 'a payout is covered once'); END;
    """

  /// What PayPal calls a payment that restored books know only from a person.
  static let attestedPayouts = """
    ALTER TABLE payoutAttestation ADD COLUMN providerID TEXT NOT NULL DEFAULT '';
    CREATE INDEX payoutAttestationByProvider ON payoutAttestation (providerID)
      WHERE providerID <> '';
    """

  /// Each capture and each sale looks for payouts that wait for money, however many wait for something
  /// else. Few do, so their indexes are small; and a payout that waits for something else changes no
  /// index when it is said why.
  static let waitingPayouts = """
    CREATE INDEX payoutShortOfFunds ON payout (environment, currency)
      WHERE state = 'PENDING' AND coveredBy = '' AND reasonCode = 'PLATFORM_BALANCE_TOO_LOW';
    CREATE INDEX payoutShortOfBalance ON payout (environment, currency, payee, reasonCode)
      WHERE state = 'PENDING' AND coveredBy = '' AND reasonCode = 'PAYEE_BALANCE_TOO_LOW';
    DROP INDEX payoutPending;
    CREATE INDEX payoutPending ON payout (environment, currency, payee)
      WHERE state = 'PENDING' AND coveredBy = '';
    """

  /// Who had an entry booked that did not go by itself. It stands beside the journal: an entry's hash
  /// is over what happened.
  static let entryPeople = """
    CREATE TABLE entryPerson (
      entryID TEXT PRIMARY KEY NOT NULL REFERENCES journalEntry (entryID),
      actor TEXT NOT NULL CHECK (actor <> '')
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER entryPersonIsNotChanged BEFORE UPDATE ON entryPerson
      BEGIN SELECT RAISE(ABORT, 'who booked an entry is never changed'); END;
    CREATE TRIGGER entryPersonIsNotDeleted BEFORE DELETE ON entryPerson
      BEGIN SELECT RAISE(ABORT, 'who booked an entry is never deleted'); END;
    """
}
