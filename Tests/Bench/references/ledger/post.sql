-- The posting of a sale as `compose/bench ledger` compares it: the sale, its journal entry, four
-- postings and the sums of their accounts, in one call and one transaction.
CREATE TABLE account (
  name text NOT NULL,
  currency text NOT NULL,
  debits bigint NOT NULL CHECK (debits >= 0),
  credits bigint NOT NULL CHECK (credits >= 0),
  PRIMARY KEY (name, currency)
);
CREATE TABLE journal_entry (
  sequence bigserial PRIMARY KEY,
  entry_id text NOT NULL UNIQUE,
  kind text NOT NULL,
  order_id text NOT NULL,
  occurred_at bigint NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE posting (
  sequence bigint NOT NULL REFERENCES journal_entry,
  line int NOT NULL,
  debit text NOT NULL,
  credit text NOT NULL CHECK (credit <> debit),
  amount bigint NOT NULL CHECK (amount > 0),
  currency text NOT NULL,
  PRIMARY KEY (sequence, line)
);
CREATE TABLE sale (
  number bigserial PRIMARY KEY,
  order_id text NOT NULL UNIQUE,
  user_id bigint NOT NULL,
  currency text NOT NULL,
  price bigint NOT NULL,
  landed_cost bigint NOT NULL,
  payment_fee bigint NOT NULL,
  gross bigint NOT NULL CHECK (gross = price - landed_cost - payment_fee),
  commission bigint NOT NULL,
  net bigint NOT NULL CHECK (net = gross - commission),
  occurred_at bigint NOT NULL
);
CREATE INDEX ON sale (user_id, number);
CREATE SEQUENCE order_number;

CREATE FUNCTION record_sale(
  an_order text, a_user bigint, a_price bigint, a_cost bigint, a_fee bigint
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  a_gross bigint := a_price - a_cost - a_fee;
  a_commission bigint := (a_gross * 1000 + 5000) / 10000;
  a_reseller text := 'reseller:' || a_user;
  an_entry bigint;
BEGIN
  INSERT INTO sale (order_id, user_id, currency, price, landed_cost, payment_fee, gross, commission,
    net, occurred_at)
  VALUES (an_order, a_user, 'USD', a_price, a_cost, a_fee, a_gross, a_commission,
    a_gross - a_commission, 1790000000000);
  INSERT INTO journal_entry (entry_id, kind, order_id, occurred_at)
  VALUES (an_order || '/sale', 'sale', an_order, 1790000000000) RETURNING sequence INTO an_entry;
  INSERT INTO posting VALUES
    (an_entry, 1, 'buyerDeposits', 'sales', a_price, 'USD'),
    (an_entry, 2, 'supplierCost', a_reseller, a_cost, 'USD'),
    (an_entry, 3, 'commission', 'adminPayable', a_commission, 'USD'),
    (an_entry, 4, 'resellerShare', a_reseller, a_gross - a_commission, 'USD');
  -- In one order, so that no two wait for each other.
  INSERT INTO account VALUES
    (a_reseller, 'USD', 0, a_cost + a_gross - a_commission),
    ('adminPayable', 'USD', 0, a_commission),
    ('buyerDeposits', 'USD', a_price, 0),
    ('commission', 'USD', a_commission, 0),
    ('resellerShare', 'USD', a_gross - a_commission, 0),
    ('sales', 'USD', 0, a_price),
    ('supplierCost', 'USD', a_cost, 0)
  ON CONFLICT (name, currency) DO UPDATE
    SET debits = account.debits + excluded.debits, credits = account.credits + excluded.credits;
  RETURN an_entry;
END $$;
