-- Settings of a queue or of the whole centre ('' = the whole centre), by kind: protocol/src/queue-settings.ts has their shapes.
CREATE TABLE queue_setting (
  queue_id text NOT NULL,
  kind text NOT NULL,
  body jsonb NOT NULL,
  PRIMARY KEY (queue_id, kind)
);

-- Opening hours: calendars, and whom each holds for ('' = any). A calendar in use is not removed.
CREATE TABLE calendar (id text PRIMARY KEY, name text NOT NULL UNIQUE, body jsonb NOT NULL);
CREATE TABLE hours_rule (
  queue_id text NOT NULL DEFAULT '',
  channel text NOT NULL DEFAULT '',
  language text NOT NULL DEFAULT '',
  calendar_id text NOT NULL REFERENCES calendar,
  PRIMARY KEY (queue_id, channel, language)
);
