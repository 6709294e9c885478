-- Where phones are registered, written behind: a restart must not make a house of phones register again. UNLOGGED would be lost with a
-- crash of the database, which is just when nobody shall have to.
CREATE TABLE registration (
  account text NOT NULL,
  key text NOT NULL,
  body jsonb NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (account, key)
);
-- Keys of the SIP server itself that outlive a run: addresses made with them have been given out (temporary GRUUs, RFC 5627).
CREATE TABLE sip_key (name text PRIMARY KEY, value bytea NOT NULL);
