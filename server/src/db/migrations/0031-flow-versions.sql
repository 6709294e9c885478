-- Flows: which version is live (flow), every version ever published (flow_version), and what is being edited (flow_draft).
-- Documents are json, not jsonb: jsonb forgets the order in which their author wrote the steps.
CREATE TABLE flow_version (
  flow_id  text NOT NULL REFERENCES flow ON DELETE CASCADE,
  version  integer NOT NULL CHECK (version > 0),
  document json NOT NULL,
  -- Who published it; the name stays when the person has gone.
  by_id    text NOT NULL,
  by_name  text NOT NULL,
  at_ms    bigint NOT NULL,
  note     text NOT NULL,
  PRIMARY KEY (flow_id, version)
);
CREATE FUNCTION flow_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a published version of a flow is never changed'; END $$;
CREATE TRIGGER flow_version_stays BEFORE UPDATE ON flow_version FOR EACH ROW EXECUTE FUNCTION flow_version_stays();

CREATE TABLE flow_draft (
  flow_id  text PRIMARY KEY REFERENCES flow ON DELETE CASCADE,
  -- NULL: as the live version.
  document json,
  -- Never goes back, also over publishings: who saves says which revision they saw.
  revision integer NOT NULL,
  by_id    text NOT NULL,
  by_name  text NOT NULL,
  at_ms    bigint NOT NULL,
  -- Findings of its last check; NULL: not checked since it changed.
  problems integer
);

-- From before there were versions: ours.
INSERT INTO flow_version SELECT id, greatest(version, 1), definition::json, '', 'Tandem', (extract(epoch FROM now()) * 1000)::bigint, '' FROM flow;
INSERT INTO flow_draft SELECT id, NULL, 1, '', 'Tandem', (extract(epoch FROM now()) * 1000)::bigint, NULL FROM flow;

-- 0: nothing is live. A removed flow keeps its row and its versions: contacts that began with them finish on them.
UPDATE flow SET version = greatest(version, 1);
ALTER TABLE flow DROP COLUMN definition, ADD COLUMN removed boolean NOT NULL DEFAULT false;
