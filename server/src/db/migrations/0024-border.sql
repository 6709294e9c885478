-- The border: what administrators set, who is shut out until when, and what they were told.
CREATE TABLE border_rules (
  kind text PRIMARY KEY CHECK (kind IN ('border', 'fraud')),
  body jsonb NOT NULL
);

CREATE TABLE border_ban (
  -- an IPv4 address, or an IPv6 /64
  address  text PRIMARY KEY,
  why      text NOT NULL,
  since_ms bigint NOT NULL,
  until_ms bigint NOT NULL,
  refused  bigint NOT NULL DEFAULT 0
);

CREATE TABLE border_notice (
  id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at_ms bigint NOT NULL,
  body  jsonb NOT NULL
);
