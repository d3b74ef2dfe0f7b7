import Store

/// The tables of `orders.db`. A migration never changes once shipped.
enum Schema {
  /// "DWor": what SQLite's `application_id` says about the file.
  static let applicationID: Int32 = 0x4457_6F72

  static let migrations = [
    Migration("001 listings", listings), Migration("002 orders", orders),
    Migration("003 history", history), Migration("004 findings", findings),
    Migration("005 refunds", refunds), Migration("006 tracking", tracking),
    Migration("007 events", events), Migration("008 counts", counts),
    Migration("009 event keys", eventKeys),
  ]

  private static let listings = """
    CREATE TABLE listing (
      number INTEGER PRIMARY KEY,
      listingID TEXT NOT NULL UNIQUE CHECK (listingID <> ''),
      userID INTEGER NOT NULL CHECK (userID >= 0),
      environment INTEGER NOT NULL CHECK (environment IN (1, 2)),
      productURL TEXT NOT NULL CHECK (productURL <> ''),
      skuID TEXT NOT NULL CHECK (skuID <> ''),
      title TEXT NOT NULL,
      currency TEXT NOT NULL CHECK (length(currency) = 3),
      price INTEGER NOT NULL CHECK (price > 0),
      updatedAt INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX listingByUser ON listing (userID, number);
    """

  /// `checkoutAddress` and `correctedAddress` hold the contract's Address, packed.
  /// One PayPal order makes at most one order, for ever: a unique index says so.
  private static let orders = """
    CREATE TABLE buyerOrder (
      number INTEGER PRIMARY KEY,
      orderID TEXT NOT NULL UNIQUE CHECK (orderID <> ''),
      listingID TEXT NOT NULL CHECK (listingID <> ''),
      userID INTEGER NOT NULL CHECK (userID >= 0),
      environment INTEGER NOT NULL CHECK (environment IN (1, 2)),
      productURL TEXT NOT NULL CHECK (productURL <> ''),
      skuID TEXT NOT NULL CHECK (skuID <> ''),
      title TEXT NOT NULL,
      quantity INTEGER NOT NULL CHECK (quantity > 0),
      currency TEXT NOT NULL CHECK (length(currency) = 3),
      price INTEGER NOT NULL CHECK (price > 0),
      checkoutAddress BLOB NOT NULL,
      correctedAddress BLOB,
      returnURL TEXT NOT NULL,
      cancelURL TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('AWAITING_PAYMENT', 'CAPTURING', 'PAYMENT_PENDING',
        'PAID', 'PURCHASING', 'PURCHASED', 'SHIPPED', 'DELIVERED', 'NEEDS_ATTENTION', 'REFUNDING',
        'REFUNDED', 'CANCELLED', 'EXPIRED')),
      attention TEXT NOT NULL DEFAULT '' CHECK (attention IN ('', 'CAPTURE_DIFFERS',
        'CAPTURE_UNKNOWN', 'PURCHASE_NOT_TAKEN', 'PURCHASE_REFUSED', 'PURCHASE_UNKNOWN',
        'BOOKING_REFUSED')),
      paymentGeneration INTEGER NOT NULL DEFAULT 1 CHECK (paymentGeneration > 0),
      purchaseGeneration INTEGER NOT NULL DEFAULT 1 CHECK (purchaseGeneration > 0),
      isCaptureBooked INTEGER NOT NULL DEFAULT 0 CHECK (isCaptureBooked IN (0, 1)),
      isSaleBooked INTEGER NOT NULL DEFAULT 0 CHECK (isSaleBooked IN (0, 1)),
      payPalOrderID TEXT NOT NULL DEFAULT '',
      approveURL TEXT NOT NULL DEFAULT '',
      captureID TEXT NOT NULL DEFAULT '',
      paymentFee INTEGER CHECK (paymentFee >= 0),
      captureRequestedAt INTEGER NOT NULL DEFAULT 0,
      capturedAt INTEGER NOT NULL DEFAULT 0,
      raisedCeiling INTEGER CHECK (raisedCeiling > 0),
      supplierOrderIDs TEXT NOT NULL DEFAULT '',
      landedCost INTEGER CHECK (landedCost >= 0),
      purchasePath TEXT NOT NULL DEFAULT '',
      fundedBy TEXT NOT NULL DEFAULT '',
      purchasedAt INTEGER NOT NULL DEFAULT 0,
      cancelRequestedAt INTEGER NOT NULL DEFAULT 0,
      createdAt INTEGER NOT NULL,
      updatedAt INTEGER NOT NULL,
      CHECK ((state = 'NEEDS_ATTENTION') = (attention <> '')),
      CHECK (state NOT IN ('PAID', 'PURCHASING', 'PURCHASED')
        OR (captureID <> '' AND paymentFee IS NOT NULL)),
      CHECK (state <> 'PURCHASED' OR (supplierOrderIDs <> '' AND landedCost IS NOT NULL)),
      CHECK (isSaleBooked = 0 OR isCaptureBooked = 1)
    ) STRICT;
    CREATE UNIQUE INDEX buyerOrderByPayPalOrder ON buyerOrder (environment, payPalOrderID)
      WHERE payPalOrderID <> '';
    CREATE INDEX buyerOrderByUser ON buyerOrder (userID, number);
    CREATE INDEX buyerOrderByState ON buyerOrder (state, number);

    CREATE TRIGGER buyerOrderIsNotDeleted BEFORE DELETE ON buyerOrder
      BEGIN SELECT RAISE(ABORT, 'an order is never deleted'); END;
    CREATE TRIGGER buyerOrderTermsAreFixed BEFORE UPDATE OF orderID, listingID, userID,
      environment, productURL, skuID, quantity, currency, price, checkoutAddress ON buyerOrder
      BEGIN SELECT RAISE(ABORT, 'what was checked out never changes'); END;

    CREATE TABLE orderWait (
      orderID TEXT NOT NULL REFERENCES buyerOrder (orderID),
      subject TEXT NOT NULL CHECK (subject IN ('payment', 'purchase', 'captureBooking',
        'saleBooking')),
      reasonCode TEXT NOT NULL CHECK (reasonCode <> ''),
      reasonText TEXT NOT NULL,
      reasonOwner TEXT NOT NULL,
      providerCode TEXT NOT NULL,
      since INTEGER NOT NULL,
      next TEXT NOT NULL,
      nextAt INTEGER NOT NULL,
      PRIMARY KEY (orderID, subject)
    ) STRICT, WITHOUT ROWID;
    """

  /// What persons found about purchases, and which order a supplier's order was bought for: one.
  static let findings = """
    CREATE TABLE finding (
      orderID TEXT NOT NULL REFERENCES buyerOrder (orderID),
      number INTEGER NOT NULL CHECK (number > 0),
      generation INTEGER NOT NULL CHECK (generation > 0),
      foundBy TEXT NOT NULL CHECK (foundBy <> '' AND foundBy <> 'system'),
      supplierOrderIDs TEXT NOT NULL,
      landedCost INTEGER CHECK (landedCost >= 0),
      fundedBy TEXT NOT NULL CHECK (fundedBy IN ('', 'reseller', 'platform')),
      notPlacedEvidence TEXT NOT NULL,
      recordedAt INTEGER NOT NULL,
      PRIMARY KEY (orderID, number),
      CHECK ((supplierOrderIDs = '') = (landedCost IS NULL)),
      CHECK ((supplierOrderIDs = '') = (fundedBy = '')),
      CHECK ((supplierOrderIDs = '') <> (notPlacedEvidence = ''))
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER findingIsNotChanged BEFORE UPDATE ON finding
      BEGIN SELECT RAISE(ABORT, 'what a person found is append-only'); END;
    CREATE TRIGGER findingIsNotDeleted BEFORE DELETE ON finding
      BEGIN SELECT RAISE(ABORT, 'what a person found is append-only'); END;

    CREATE TABLE supplierOrder (
      environment INTEGER NOT NULL CHECK (environment IN (1, 2)),
      supplierOrderID TEXT NOT NULL CHECK (supplierOrderID <> ''),
      orderID TEXT NOT NULL REFERENCES buyerOrder (orderID),
      PRIMARY KEY (environment, supplierOrderID)
    ) STRICT, WITHOUT ROWID;
    """

  /// `fromState` is empty for the first event.
  private static let history = """
    CREATE TABLE orderEvent (
      orderID TEXT NOT NULL REFERENCES buyerOrder (orderID),
      sequence INTEGER NOT NULL CHECK (sequence > 0),
      recordedAt INTEGER NOT NULL,
      fromState TEXT NOT NULL,
      toState TEXT NOT NULL CHECK (toState <> ''),
      cause TEXT NOT NULL CHECK (cause <> ''),
      detail TEXT NOT NULL,
      actor TEXT NOT NULL CHECK (actor <> ''),
      PRIMARY KEY (orderID, sequence)
    ) STRICT, WITHOUT ROWID;

    CREATE TRIGGER orderEventIsNotChanged BEFORE UPDATE ON orderEvent
      BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END;
    CREATE TRIGGER orderEventIsNotDeleted BEFORE DELETE ON orderEvent
      BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END;
    """
}
