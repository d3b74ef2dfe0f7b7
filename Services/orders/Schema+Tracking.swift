extension Schema {
  /// What the carrier says of an order's goods, and how long after it we knew.
  static let tracking = """
    ALTER TABLE buyerOrder ADD COLUMN carrierSeenAt INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE buyerOrder ADD COLUMN carrierSaid TEXT NOT NULL DEFAULT '';
    ALTER TABLE buyerOrder ADD COLUMN shippedLag INTEGER CHECK (shippedLag >= 0);
    ALTER TABLE buyerOrder ADD COLUMN deliveredLag INTEGER CHECK (deliveredLag >= 0);
    """
}
