CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE customer (
  id text PRIMARY KEY,
  name text NOT NULL,
  city text,
  language text,
  tier text,
  notes text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX customer_name ON customer USING gin (name gin_trgm_ops);

-- One address belongs to one customer: an E.164 number, an e-mail address, a visitor's id.
CREATE TABLE customer_identity (
  kind text NOT NULL CHECK (kind IN ('phone', 'email', 'visitor', 'sip')),
  value text NOT NULL,
  customer_id text NOT NULL REFERENCES customer ON DELETE CASCADE,
  PRIMARY KEY (kind, value)
);
CREATE INDEX customer_identity_customer ON customer_identity (customer_id);

-- A page's visitor before we know who they are. Only a hash of the token that the page keeps.
CREATE TABLE visitor (
  id text PRIMARY KEY,
  token_hash bytea NOT NULL UNIQUE,
  name text NOT NULL,
  customer_id text REFERENCES customer,
  created_at timestamptz NOT NULL
);

CREATE TABLE shop_order (
  number text PRIMARY KEY,
  customer_id text NOT NULL REFERENCES customer ON DELETE CASCADE,
  title text NOT NULL,
  detail text NOT NULL,
  total_cents integer NOT NULL,
  currency text NOT NULL,
  status text NOT NULL,
  placed_at timestamptz NOT NULL
);
CREATE INDEX shop_order_customer ON shop_order (customer_id, placed_at DESC);
