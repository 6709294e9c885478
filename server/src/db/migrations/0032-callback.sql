-- Calls that were promised. `body` is the whole request (callback/request.ts); the columns are what is looked for.
CREATE TABLE callback_request (
  id text PRIMARY KEY,
  state text NOT NULL,
  queue_id text NOT NULL,
  number text NOT NULL,
  slot_at timestamptz,
  customer_id text,
  created_at timestamptz NOT NULL,
  token_hash bytea NOT NULL UNIQUE,
  body jsonb NOT NULL
);
-- One open promise a number and queue: asking twice finds the first.
CREATE UNIQUE INDEX callback_open ON callback_request (queue_id, number) WHERE state IN ('waiting', 'calling');
CREATE INDEX callback_slot ON callback_request (queue_id, slot_at) WHERE state IN ('waiting', 'calling') AND slot_at IS NOT NULL;
CREATE INDEX callback_created ON callback_request (created_at);
CREATE INDEX callback_customer ON callback_request (customer_id) WHERE customer_id IS NOT NULL;

-- Messages that callers left for the people of a queue; the sound is `<dataDir>/queue-messages/<id>.wav`.
CREATE TABLE queue_message (
  id text PRIMARY KEY,
  queue_id text NOT NULL,
  state text NOT NULL,
  number text NOT NULL,
  name text NOT NULL,
  customer_id text,
  language text NOT NULL,
  interaction_id text,
  left_at timestamptz NOT NULL,
  duration_ms integer NOT NULL,
  agent_id text,
  heard boolean NOT NULL DEFAULT false,
  done_at timestamptz,
  callback_id text
);
CREATE INDEX queue_message_open ON queue_message (queue_id) WHERE state <> 'done';
CREATE INDEX queue_message_left ON queue_message (left_at);
CREATE INDEX queue_message_customer ON queue_message (customer_id) WHERE customer_id IS NOT NULL;

-- The ledger: what was promised to somebody who waits, and what became of it.
CREATE TABLE promise (
  id text PRIMARY KEY,
  kind text NOT NULL,
  queue_id text NOT NULL,
  interaction_id text,
  callback_id text,
  made_at timestamptz NOT NULL,
  announced_ms integer,
  due_at timestamptz,
  tolerance_ms integer NOT NULL,
  outcome text NOT NULL DEFAULT 'open',
  settled_at timestamptz,
  why text
);
CREATE INDEX promise_made ON promise (made_at);
CREATE INDEX promise_open ON promise (id) WHERE outcome = 'open';
