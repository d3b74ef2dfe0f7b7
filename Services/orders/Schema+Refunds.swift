import Store

extension Schema {
  /// Orders whose money goes back, and how their goods travel.
  ///
  /// A check cannot be widened in place, so the orders move into a new table. What refers to them
  /// moves out of the way and back again.
  static let refunds = """
    CREATE TABLE oldWait AS SELECT * FROM orderWait;
    CREATE TABLE oldFinding AS SELECT * FROM finding;
    CREATE TABLE oldSupplierOrder AS SELECT * FROM supplierOrder;
    DROP TABLE orderWait;
    DROP TABLE finding;
    DROP TABLE supplierOrder;

    \(refundableOrders)
    INSERT INTO newOrder (number, orderID, listingID, userID, environment, productURL, skuID, title,
        quantity, currency, price, checkoutAddress, correctedAddress, returnURL, cancelURL, state,
        attention, paymentGeneration, purchaseGeneration, isCaptureBooked, isSaleBooked,
        payPalOrderID, approveURL, captureID, paymentFee, captureRequestedAt, capturedAt,
        capturedAmount, raisedCeiling, supplierOrderIDs, landedCost, purchasePath, fundedBy,
        purchasedAt, cancelRequestedAt, createdAt, updatedAt)
      SELECT number, orderID, listingID, userID, environment, productURL, skuID, title,
        quantity, currency, price, checkoutAddress, correctedAddress, returnURL, cancelURL, state,
        attention, paymentGeneration, purchaseGeneration, isCaptureBooked, isSaleBooked,
        payPalOrderID, approveURL, captureID, paymentFee, captureRequestedAt, capturedAt,
        CASE WHEN captureID <> '' THEN price END, raisedCeiling, supplierOrderIDs, landedCost,
        purchasePath, fundedBy, purchasedAt, cancelRequestedAt, createdAt, updatedAt
      FROM buyerOrder;
    DROP TABLE buyerOrder;
    ALTER TABLE newOrder RENAME TO buyerOrder;
    \(orderGuards)

    \(widerWaits)
    INSERT INTO orderWait SELECT * FROM oldWait;
    DROP TABLE oldWait;
    \(findings)
    INSERT INTO finding SELECT * FROM oldFinding;
    DROP TABLE oldFinding;
    INSERT INTO supplierOrder SELECT * FROM oldSupplierOrder;
    DROP TABLE oldSupplierOrder;
    """

  private static let refundableOrders = """
    CREATE TABLE newOrder (
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
        'BOOKING_REFUSED', 'REFUND_REFUSED', 'REFUND_UNKNOWN')),
      paymentGeneration INTEGER NOT NULL DEFAULT 1 CHECK (paymentGeneration > 0),
      purchaseGeneration INTEGER NOT NULL DEFAULT 1 CHECK (purchaseGeneration > 0),
      refundGeneration INTEGER NOT NULL DEFAULT 1 CHECK (refundGeneration > 0),
      isCaptureBooked INTEGER NOT NULL DEFAULT 0 CHECK (isCaptureBooked IN (0, 1)),
      isSaleBooked INTEGER NOT NULL DEFAULT 0 CHECK (isSaleBooked IN (0, 1)),
      isRefundBooked INTEGER NOT NULL DEFAULT 0 CHECK (isRefundBooked IN (0, 1)),
      payPalOrderID TEXT NOT NULL DEFAULT '',
      approveURL TEXT NOT NULL DEFAULT '',
      captureID TEXT NOT NULL DEFAULT '',
      paymentFee INTEGER CHECK (paymentFee >= 0),
      captureRequestedAt INTEGER NOT NULL DEFAULT 0,
      capturedAt INTEGER NOT NULL DEFAULT 0,
      capturedAmount INTEGER CHECK (capturedAmount > 0),
      raisedCeiling INTEGER CHECK (raisedCeiling > 0),
      supplierOrderIDs TEXT NOT NULL DEFAULT '',
      landedCost INTEGER CHECK (landedCost >= 0),
      purchasePath TEXT NOT NULL DEFAULT '',
      fundedBy TEXT NOT NULL DEFAULT '',
      purchasedAt INTEGER NOT NULL DEFAULT 0,
      cancelRequestedAt INTEGER NOT NULL DEFAULT 0,
      payPalRefundID TEXT NOT NULL DEFAULT '',
      refundRequestedAt INTEGER NOT NULL DEFAULT 0,
      refundedAmount INTEGER CHECK (refundedAmount > 0),
      refundedAt INTEGER NOT NULL DEFAULT 0,
      carrier TEXT NOT NULL DEFAULT '',
      trackingNumber TEXT NOT NULL DEFAULT '',
      shippedAt INTEGER NOT NULL DEFAULT 0,
      deliveredAt INTEGER NOT NULL DEFAULT 0,
      createdAt INTEGER NOT NULL,
      updatedAt INTEGER NOT NULL,
      CHECK ((state = 'NEEDS_ATTENTION') = (attention <> '')),
      CHECK (state NOT IN ('PAID', 'PURCHASING', 'PURCHASED', 'REFUNDING', 'REFUNDED')
        OR (captureID <> '' AND paymentFee IS NOT NULL AND capturedAmount IS NOT NULL)),
      CHECK (state <> 'PURCHASED' OR (supplierOrderIDs <> '' AND landedCost IS NOT NULL)),
      CHECK (isSaleBooked = 0 OR isCaptureBooked = 1),
      CHECK (isRefundBooked = 0 OR (isCaptureBooked = 1 AND refundedAmount IS NOT NULL)),
      CHECK (state <> 'REFUNDED' OR refundedAmount IS NOT NULL)
    ) STRICT;
    """

  private static let orderGuards = """
    CREATE UNIQUE INDEX buyerOrderByPayPalOrder ON buyerOrder (environment, payPalOrderID)
      WHERE payPalOrderID <> '';
    CREATE INDEX buyerOrderByUser ON buyerOrder (userID, number);
    CREATE INDEX buyerOrderByState ON buyerOrder (state, number);

    CREATE TRIGGER buyerOrderIsNotDeleted BEFORE DELETE ON buyerOrder
      BEGIN SELECT RAISE(ABORT, 'an order is never deleted'); END;
    CREATE TRIGGER buyerOrderTermsAreFixed BEFORE UPDATE OF orderID, listingID, userID,
      environment, productURL, skuID, quantity, currency, price, checkoutAddress ON buyerOrder
      BEGIN SELECT RAISE(ABORT, 'what was checked out never changes'); END;
    """

  private static let widerWaits = """
    CREATE TABLE orderWait (
      orderID TEXT NOT NULL REFERENCES buyerOrder (orderID),
      subject TEXT NOT NULL CHECK (subject IN ('payment', 'purchase', 'captureBooking',
        'saleBooking', 'tracking', 'refund', 'refundBooking')),
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
}
