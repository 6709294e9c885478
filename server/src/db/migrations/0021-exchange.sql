-- The company telephone system: written by administrators (and, for choices and speed dials, by the holder), read into memory by
-- the room `exchange`. The body is the protocol's; what refers to another table or must be unique stands beside it.
CREATE TABLE extension (
  id text PRIMARY KEY,
  number text NOT NULL UNIQUE,
  user_id text REFERENCES app_user ON DELETE SET NULL,
  phone_id text REFERENCES phone ON DELETE SET NULL,
  body jsonb NOT NULL,
  choices jsonb NOT NULL
);
CREATE TABLE ring_group (id text PRIMARY KEY, number text NOT NULL UNIQUE, body jsonb NOT NULL);
CREATE TABLE meeting_room (id text PRIMARY KEY, number text NOT NULL UNIQUE, body jsonb NOT NULL);
CREATE TABLE page_group (id text PRIMARY KEY, number text NOT NULL UNIQUE, body jsonb NOT NULL);
CREATE TABLE caller_rule (id text PRIMARY KEY, extension_id text REFERENCES extension ON DELETE CASCADE, body jsonb NOT NULL);
CREATE TABLE speed_dial (id text PRIMARY KEY, user_id text REFERENCES app_user ON DELETE CASCADE, code text, body jsonb NOT NULL);
CREATE UNIQUE INDEX speed_dial_code ON speed_dial (coalesce(user_id, ''), code);
CREATE TABLE sip_role (id text PRIMARY KEY, match text NOT NULL UNIQUE, body jsonb NOT NULL);

-- One way to configure a softphone, once. The secret of the address opens the body; of it we keep a hash only, so that a stolen
-- copy of the database configures no telephone.
CREATE TABLE provisioning (
  token_hash bytea PRIMARY KEY,
  phone_id text NOT NULL REFERENCES phone ON DELETE CASCADE,
  sealed bytea NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX provisioning_phone ON provisioning (phone_id);
