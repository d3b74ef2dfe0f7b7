extension Schema {
  /// What the authorization and the renewal of tokens need.
  ///
  /// `tokenRefreshIsLiveOnce` is the rule that a refresh token is not spent twice without a record of
  /// what became of the first try. One consent of a reseller is asked for at a time.
  static let tokens = """
    ALTER TABLE credential ADD COLUMN origin TEXT NOT NULL DEFAULT 'put'
      CHECK (origin IN ('put', 'authorized', 'refreshed'));
    ALTER TABLE credential ADD COLUMN accountVersion INTEGER NOT NULL DEFAULT 0;
    UPDATE credential SET accountVersion = version;
    ALTER TABLE credential ADD COLUMN hasRefreshToken INTEGER NOT NULL DEFAULT 1
      CHECK (hasRefreshToken IN (0, 1));
    ALTER TABLE credential ADD COLUMN reasonCode TEXT NOT NULL DEFAULT '';
    ALTER TABLE credential ADD COLUMN reasonText TEXT NOT NULL DEFAULT '';
    ALTER TABLE credential ADD COLUMN reasonOwner TEXT NOT NULL DEFAULT '';
    ALTER TABLE credential ADD COLUMN providerCode TEXT NOT NULL DEFAULT '';
    ALTER TABLE credential ADD COLUMN wantedVersion INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE credential ADD COLUMN wantedBy TEXT NOT NULL DEFAULT '';
    ALTER TABLE credential ADD COLUMN invalidVersion INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX credentialByKey ON credential (keyID, number);

    CREATE TABLE tokenRefresh (
      userID INTEGER NOT NULL,
      api TEXT NOT NULL,
      environment INTEGER NOT NULL,
      version INTEGER NOT NULL CHECK (version > 0),
      number INTEGER NOT NULL CHECK (number > 0),
      outcome TEXT NOT NULL CHECK (outcome IN ('STARTED', 'DONE', 'REFUSED', 'UNKNOWN',
        'NOT_ACCEPTED')),
      reasonCode TEXT NOT NULL DEFAULT '',
      reasonText TEXT NOT NULL DEFAULT '',
      reasonOwner TEXT NOT NULL DEFAULT '',
      providerCode TEXT NOT NULL DEFAULT '',
      actor TEXT NOT NULL CHECK (actor <> ''),
      startedAt INTEGER NOT NULL,
      endedAt INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (userID, api, environment, version, number),
      FOREIGN KEY (userID, api, environment) REFERENCES credential (userID, api, environment)
    ) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX tokenRefreshIsLiveOnce ON tokenRefresh (userID, api, environment, version)
      WHERE outcome IN ('STARTED', 'DONE');
    CREATE TRIGGER tokenRefreshIsNotDeleted BEFORE DELETE ON tokenRefresh
      BEGIN SELECT RAISE(ABORT, 'a refresh is never forgotten'); END;
    CREATE TRIGGER tokenRefreshEndIsFinal BEFORE UPDATE ON tokenRefresh
      WHEN OLD.outcome <> 'STARTED'
      BEGIN SELECT RAISE(ABORT, 'a refresh that has ended stays so'); END;

    CREATE TABLE consent (
      number INTEGER PRIMARY KEY,
      userID INTEGER NOT NULL CHECK (userID > 0),
      api TEXT NOT NULL,
      environment INTEGER NOT NULL CHECK (environment IN (1, 2)),
      stateHash TEXT NOT NULL UNIQUE,
      codeHash TEXT NOT NULL DEFAULT '',
      appKey TEXT NOT NULL,
      keyID TEXT NOT NULL,
      wrappedKey BLOB NOT NULL,
      sealed BLOB NOT NULL,
      outcome TEXT NOT NULL DEFAULT 'OPEN' CHECK (outcome IN ('OPEN', 'STARTED', 'DONE',
        'REFUSED', 'UNKNOWN')),
      actor TEXT NOT NULL CHECK (actor <> ''),
      createdAt INTEGER NOT NULL,
      expiresAt INTEGER NOT NULL,
      UNIQUE (userID, api, environment)
    ) STRICT;
    CREATE INDEX consentByKey ON consent (keyID, number);

    DROP TRIGGER credentialAuditIsNotChanged;
    DROP TRIGGER credentialAuditIsNotDeleted;
    ALTER TABLE credentialAudit RENAME TO credentialAuditBefore;
    CREATE TABLE credentialAudit (
      number INTEGER PRIMARY KEY,
      userID INTEGER NOT NULL,
      api TEXT NOT NULL,
      environment INTEGER NOT NULL,
      version INTEGER NOT NULL,
      action TEXT NOT NULL CHECK (action <> ''),
      actor TEXT NOT NULL CHECK (actor <> ''),
      purpose TEXT NOT NULL,
      recordedAt INTEGER NOT NULL
    ) STRICT;
    INSERT INTO credentialAudit SELECT * FROM credentialAuditBefore;
    DROP TABLE credentialAuditBefore;
    CREATE INDEX credentialAuditByKey ON credentialAudit (userID, api, environment, number);
    CREATE TRIGGER credentialAuditIsNotChanged BEFORE UPDATE ON credentialAudit
      BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
    CREATE TRIGGER credentialAuditIsNotDeleted BEFORE DELETE ON credentialAudit
      BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
    """
}
