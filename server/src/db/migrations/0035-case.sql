-- Cases of customers. The number is digits: it is said and keyed by telephone.
CREATE SEQUENCE customer_case_number START 1001;
CREATE TABLE customer_case (
  number bigint PRIMARY KEY,
  customer_id text NOT NULL REFERENCES customer ON DELETE CASCADE,
  subject text NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'pending', 'closed')),
  fields jsonb NOT NULL DEFAULT '{}',
  opened_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL
);
ALTER SEQUENCE customer_case_number OWNED BY customer_case.number;
CREATE INDEX customer_case_customer ON customer_case (customer_id, number DESC);

-- What was done to a case, by whom; with a text it is a note. One deed (of a flow, of a form) is done once, whoever asks again.
CREATE TABLE case_deed (
  deed text PRIMARY KEY,
  number bigint NOT NULL REFERENCES customer_case ON DELETE CASCADE,
  at timestamptz NOT NULL,
  by_id text,
  by_name text NOT NULL,
  note text,
  seq bigint GENERATED ALWAYS AS IDENTITY
);
CREATE INDEX case_deed_case ON case_deed (number, seq DESC);
