-- How often contacts went where in flows, by the hour: what the designer draws on the edges. `port` '' = entered the step, '=how' = ended there.
CREATE TABLE flow_traffic (
  flow_id text NOT NULL,
  version integer NOT NULL,
  step_id text NOT NULL,
  port text NOT NULL,
  hour timestamptz NOT NULL,
  n bigint NOT NULL,
  PRIMARY KEY (flow_id, hour, version, step_id, port)
);
CREATE INDEX flow_traffic_hour ON flow_traffic (hour);

-- What HTTP steps and assistants send along, sealed by a key beside the database.
CREATE TABLE flow_secret (
  name text PRIMARY KEY,
  sealed text NOT NULL,
  at timestamptz NOT NULL
);
