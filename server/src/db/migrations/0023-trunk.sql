-- Ways outside: trunks to operators and gateways, and which numbers go by which. Read into memory by the room `trunk`; the body is the
-- protocol's. Passwords and the STIR key are sealed with a key that is not in the database.
CREATE TABLE trunk (
  id text PRIMARY KEY,
  name text NOT NULL UNIQUE,
  body jsonb NOT NULL,
  password text
);
CREATE TABLE outbound_route (
  id text PRIMARY KEY,
  name text NOT NULL UNIQUE,
  body jsonb NOT NULL
);
-- One row: who we are to others that verify our numbers (RFC 8224), and whom we believe.
CREATE TABLE stir (
  id text PRIMARY KEY CHECK (id = 'stir'),
  body jsonb NOT NULL,
  private_key text
);
-- Data of a customer that came with a call (RDP-03).
CREATE TABLE customer_field (
  customer_id text NOT NULL REFERENCES customer ON DELETE CASCADE,
  field text NOT NULL,
  value text NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (customer_id, field)
);
