-- Who works here and how contacts reach them: written by administrators, read into memory by the room `directory`.
CREATE TABLE app_user (
  id text PRIMARY KEY,
  login text NOT NULL UNIQUE,
  name text NOT NULL,
  team text NOT NULL DEFAULT '',
  roles text[] NOT NULL,
  language text NOT NULL,
  skills jsonb NOT NULL DEFAULT '[]',
  queue_ids text[] NOT NULL DEFAULT '{}',
  capacity jsonb NOT NULL,
  active boolean NOT NULL DEFAULT true,
  password_hash text NOT NULL,
  -- The agent's wish outlives a restart: who was available is available again when their desktop returns.
  wish text NOT NULL DEFAULT 'offline',
  created_at timestamptz NOT NULL DEFAULT now()
);

-- Only a hash of the cookie's secret: a stolen copy of the database opens no session.
CREATE TABLE session (
  token_hash bytea PRIMARY KEY,
  user_id text NOT NULL REFERENCES app_user ON DELETE CASCADE,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX session_by_user ON session (user_id);

CREATE TABLE skill (id text PRIMARY KEY, name text NOT NULL UNIQUE);
CREATE TABLE queue (id text PRIMARY KEY, name text NOT NULL UNIQUE, settings jsonb NOT NULL);
CREATE TABLE flow (id text PRIMARY KEY, name text NOT NULL, version integer NOT NULL, definition jsonb NOT NULL);
CREATE TABLE number (id text PRIMARY KEY, number text NOT NULL UNIQUE, label text NOT NULL, flow_id text NOT NULL REFERENCES flow, language text NOT NULL);
-- H(user:realm:password) only (RFC 8760): the password is shown once, when it is made.
CREATE TABLE phone (
  id text PRIMARY KEY,
  account text NOT NULL UNIQUE,
  label text NOT NULL,
  user_id text REFERENCES app_user ON DELETE SET NULL,
  ha1_md5 text NOT NULL,
  ha1_sha256 text NOT NULL
);
CREATE TABLE disposition (id text PRIMARY KEY, position integer NOT NULL, label jsonb NOT NULL);
CREATE TABLE centre_setting (key text PRIMARY KEY, value jsonb NOT NULL);
