-- Links to promised calls that were sent to their customers (callback/links.ts). One row a message; `slot_at` is the time that it told, null = in turn.
CREATE TABLE callback_link (
  id text PRIMARY KEY,
  request_id text NOT NULL REFERENCES callback_request ON DELETE CASCADE,
  via text NOT NULL CHECK (via IN ('sms', 'email')),
  sent_to text NOT NULL,
  slot_at timestamptz,
  token_hash bytea NOT NULL UNIQUE,
  -- Asked for by somebody to whom the number was not known to belong.
  stranger boolean NOT NULL,
  -- `sending`: handed over, and nothing heard of it yet.
  state text NOT NULL CHECK (state IN ('sending', 'sent', 'failed')),
  why text,
  at timestamptz NOT NULL
);
CREATE INDEX callback_link_request ON callback_link (request_id, at DESC);
-- What is counted: of one destination, of strangers, of a day.
CREATE INDEX callback_link_sent_to ON callback_link (sent_to, at);
CREATE INDEX callback_link_at ON callback_link (at);
