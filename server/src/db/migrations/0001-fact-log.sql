-- The fact log: what happened, one row a fact, in the order of commit, for ever.

CREATE SEQUENCE fact_seq;

CREATE TABLE fact (
  seq            bigint      NOT NULL DEFAULT nextval('fact_seq'),
  at             timestamptz NOT NULL,               -- when it happened, by the clock of the server that saw it
  interaction_id text        NOT NULL,
  type           text        NOT NULL,
  body           jsonb       NOT NULL,
  PRIMARY KEY (seq, at)
) PARTITION BY RANGE (at);

CREATE INDEX fact_by_interaction ON fact (interaction_id, seq);

-- Catches what no month was made for; made months are the rule (fact_month below).
CREATE TABLE fact_default PARTITION OF fact DEFAULT;

-- Seq must be the order of commit, or a reader that keeps the last seq it saw misses a fact that commits late. So
-- writers take turns, from before they draw numbers until they have committed. The turn is taken by the table itself:
-- nobody can forget it. With group commit it costs little: one turn a batch.
CREATE FUNCTION fact_take_turn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7426336002);
  RETURN NULL;
END $$;

CREATE TRIGGER fact_take_turn BEFORE INSERT ON fact
  FOR EACH STATEMENT EXECUTE FUNCTION fact_take_turn();

CREATE FUNCTION fact_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the fact log is append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER fact_append_only BEFORE UPDATE OR DELETE ON fact
  FOR EACH ROW EXECUTE FUNCTION fact_refuse();
CREATE TRIGGER fact_no_truncate BEFORE TRUNCATE ON fact
  FOR EACH STATEMENT EXECUTE FUNCTION fact_refuse();
CREATE TRIGGER fact_default_no_truncate BEFORE TRUNCATE ON fact_default
  FOR EACH STATEMENT EXECUTE FUNCTION fact_refuse();

-- Makes the partition of the month (UTC) that holds `moment`, if it is missing; true when it made one. Facts of that
-- month that already went to fact_default stay there, and the month is then left to fact_default: also correct.
CREATE FUNCTION fact_month(moment timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  first timestamp := date_trunc('month', moment AT TIME ZONE 'UTC');
  since timestamptz := first AT TIME ZONE 'UTC';
  until timestamptz := (first + interval '1 month') AT TIME ZONE 'UTC';
  name  text := 'fact_' || to_char(first, 'YYYY_MM');
BEGIN
  PERFORM pg_advisory_xact_lock(7426336002);
  IF to_regclass(name) IS NOT NULL
    OR EXISTS (SELECT FROM fact_default f WHERE f.at >= since AND f.at < until) THEN
    RETURN false;
  END IF;
  EXECUTE format('CREATE TABLE %I PARTITION OF fact FOR VALUES FROM (%L) TO (%L)', name, since, until);
  EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION fact_refuse()',
    name || '_no_truncate', name);
  RETURN true;
END $$;

-- The latest state of each interaction, written with the facts that led to it: recovery reads the open ones.
CREATE TABLE interaction (
  id         text        PRIMARY KEY,
  body       jsonb       NOT NULL,
  closed     boolean     NOT NULL,
  last_seq   bigint      NOT NULL,                   -- of the newest fact that this state includes
  updated_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 70);                            -- room for in-page updates: a state is rewritten some twenty times

CREATE INDEX interaction_open ON interaction (id) WHERE NOT closed;
