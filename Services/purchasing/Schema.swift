import Store

/// The tables of `purchasing.db`. A migration never changes once shipped.
enum Schema {
  /// "DWpu": what SQLite's `application_id` says about the file.
  static let applicationID: Int32 = 0x4457_7075

  static let migrations = [
    Migration("001 purchases", purchases), Migration("002 credentials", credentials),
    Migration("003 findings", findings), Migration("004 tokens", tokens),
    Migration("005 spending", spending), Migration("006 bans", bans),
    Migration("007 browser", browser), Migration("008 tracking", tracking),
    Migration("009 events", events), Migration("010 shop accounts", shopAccounts),
    Migration("011 event keys", eventKeys),
  ]

  /// `purchaseIsLiveOnce` is the rule that no order is ever bought twice: one generation at a time
  /// that is neither refused nor closed.
  private static let purchases = """
    CREATE TABLE purchase (
      number INTEGER PRIMARY KEY,
      orderID TEXT NOT NULL CHECK (orderID <> ''),
      generation INTEGER NOT NULL CHECK (generation > 0),
      userID INTEGER NOT NULL CHECK (userID >= 0),
      environment INTEGER NOT NULL CHECK (environment IN (1, 2)),
      productURL TEXT NOT NULL,
      productID TEXT NOT NULL CHECK (productID <> ''),
      skuID TEXT NOT NULL CHECK (skuID <> ''),
      quantity INTEGER NOT NULL CHECK (quantity > 0),
      shipTo TEXT NOT NULL CHECK (shipTo <> ''),
      ceiling INTEGER NOT NULL CHECK (ceiling > 0),
      currency TEXT NOT NULL CHECK (length(currency) = 3),
      state TEXT NOT NULL CHECK (state IN ('REQUESTED', 'PLACING', 'AWAITING_SUPPLIER_PAYMENT',
        'PURCHASED', 'UNKNOWN', 'REFUSED', 'CLOSED')),
      path TEXT NOT NULL DEFAULT '' CHECK (path IN ('', 'api', 'browser')),
      request TEXT NOT NULL DEFAULT '',
      costCurrency TEXT,
      landedCost INTEGER CHECK (landedCost >= 0),
      itemsCost INTEGER,
      shippingCost INTEGER,
      taxCost INTEGER,
      reasonCode TEXT NOT NULL DEFAULT '',
      reasonText TEXT NOT NULL DEFAULT '',
      reasonOwner TEXT NOT NULL DEFAULT '',
      providerCode TEXT NOT NULL DEFAULT '',
      resolvedBy TEXT NOT NULL DEFAULT '' CHECK (resolvedBy IN ('', 'repeatedRequest', 'person')),
      tries INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
      sentAt INTEGER NOT NULL DEFAULT 0,
      placedAt INTEGER NOT NULL DEFAULT 0,
      nextAt INTEGER NOT NULL DEFAULT 0,
      createdAt INTEGER NOT NULL,
      updatedAt INTEGER NOT NULL,
      UNIQUE (orderID, generation),
      CHECK (state <> 'PURCHASED' OR landedCost IS NOT NULL),
      CHECK ((landedCost IS NULL) = (costCurrency IS NULL)),
      CHECK (state NOT IN ('REFUSED', 'UNKNOWN', 'CLOSED') OR reasonCode <> '')
    ) STRICT;
    CREATE UNIQUE INDEX purchaseIsLiveOnce ON purchase (orderID)
      WHERE state NOT IN ('REFUSED', 'CLOSED');
    CREATE INDEX purchaseByUser ON purchase (userID, number);
    CREATE INDEX purchaseGoingOn ON purchase (userID, environment)
      WHERE state IN ('REQUESTED', 'PLACING', 'AWAITING_SUPPLIER_PAYMENT', 'UNKNOWN');

    CREATE TRIGGER purchaseIsNotDeleted BEFORE DELETE ON purchase
      BEGIN SELECT RAISE(ABORT, 'a purchase is never deleted'); END;
    CREATE TRIGGER purchaseEndIsFinal BEFORE UPDATE OF state ON purchase
      WHEN OLD.state IN ('PURCHASED', 'REFUSED', 'CLOSED') AND NEW.state <> OLD.state
      BEGIN SELECT RAISE(ABORT, 'a purchase that has ended stays so'); END;

    CREATE TABLE attempt (
      orderID TEXT NOT NULL,
      generation INTEGER NOT NULL,
      number INTEGER NOT NULL CHECK (number > 0),
      path TEXT NOT NULL CHECK (path IN ('api', 'browser')),
      account TEXT NOT NULL,
      key TEXT NOT NULL CHECK (key <> ''),
      outcome TEXT NOT NULL CHECK (outcome IN ('STARTED', 'PLACED', 'REFUSED', 'UNKNOWN',
        'NOT_ACCEPTED')),
      reasonCode TEXT NOT NULL DEFAULT '',
      reasonText TEXT NOT NULL DEFAULT '',
      reasonOwner TEXT NOT NULL DEFAULT '',
      providerCode TEXT NOT NULL DEFAULT '',
      startedAt INTEGER NOT NULL,
      endedAt INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (orderID, generation, number),
      FOREIGN KEY (orderID, generation) REFERENCES purchase (orderID, generation)
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER attemptIsNotDeleted BEFORE DELETE ON attempt
      BEGIN SELECT RAISE(ABORT, 'an attempt is never deleted'); END;

    CREATE TABLE supplierOrder (
      environment INTEGER NOT NULL CHECK (environment IN (1, 2)),
      supplierOrderID TEXT NOT NULL CHECK (supplierOrderID <> ''),
      orderID TEXT NOT NULL,
      generation INTEGER NOT NULL,
      PRIMARY KEY (environment, supplierOrderID),
      FOREIGN KEY (orderID, generation) REFERENCES purchase (orderID, generation)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX supplierOrderByPurchase ON supplierOrder (orderID, generation);
    """

  /// An unknown generation is resolved once.
  private static let findings = """
    CREATE TABLE finding (
      orderID TEXT NOT NULL,
      generation INTEGER NOT NULL,
      foundBy TEXT NOT NULL CHECK (foundBy <> '' AND foundBy <> 'system'),
      supplierOrderIDs TEXT NOT NULL,
      notPlacedEvidence TEXT NOT NULL,
      costCurrency TEXT,
      landedCost INTEGER CHECK (landedCost >= 0),
      recordedAt INTEGER NOT NULL,
      PRIMARY KEY (orderID, generation),
      FOREIGN KEY (orderID, generation) REFERENCES purchase (orderID, generation),
      CHECK ((supplierOrderIDs = '') <> (notPlacedEvidence = '')),
      CHECK ((landedCost IS NULL) = (costCurrency IS NULL))
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER findingIsNotChanged BEFORE UPDATE ON finding
      BEGIN SELECT RAISE(ABORT, 'what a person found is append-only'); END;
    CREATE TRIGGER findingIsNotDeleted BEFORE DELETE ON finding
      BEGIN SELECT RAISE(ABORT, 'what a person found is append-only'); END;
    """

  /// Deleted credentials keep their row, so that a version is never used twice.
  private static let credentials = """
    CREATE TABLE credential (
      number INTEGER PRIMARY KEY,
      userID INTEGER NOT NULL CHECK (userID > 0),
      api TEXT NOT NULL CHECK (api <> ''),
      environment INTEGER NOT NULL CHECK (environment IN (1, 2)),
      version INTEGER NOT NULL CHECK (version > 0),
      keyID TEXT NOT NULL,
      wrappedKey BLOB NOT NULL,
      sealed BLOB NOT NULL,
      isDeleted INTEGER NOT NULL DEFAULT 0 CHECK (isDeleted IN (0, 1)),
      vendorAccountID TEXT NOT NULL DEFAULT '',
      accessTokenExpiresAt INTEGER NOT NULL DEFAULT 0,
      refreshTokenExpiresAt INTEGER NOT NULL DEFAULT 0,
      updatedAt INTEGER NOT NULL,
      UNIQUE (userID, api, environment),
      CHECK (isDeleted = 0 OR (length(wrappedKey) = 0 AND length(sealed) = 0))
    ) STRICT;

    CREATE TABLE credentialAudit (
      number INTEGER PRIMARY KEY,
      userID INTEGER NOT NULL,
      api TEXT NOT NULL,
      environment INTEGER NOT NULL,
      version INTEGER NOT NULL,
      action TEXT NOT NULL CHECK (action IN ('put', 'use', 'useFailed', 'delete')),
      actor TEXT NOT NULL CHECK (actor <> ''),
      purpose TEXT NOT NULL,
      recordedAt INTEGER NOT NULL
    ) STRICT;
    CREATE TRIGGER credentialAuditIsNotChanged BEFORE UPDATE ON credentialAudit
      BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
    CREATE TRIGGER credentialAuditIsNotDeleted BEFORE DELETE ON credentialAudit
      BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
    """
}
