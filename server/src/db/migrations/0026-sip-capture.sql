-- The SIP messages of calls that are over (secrets masked before they came here), for the ladder in a call's detail.
-- Kept for days, not years: it is for finding faults. `subject` is an interaction's or a call record's id.
CREATE TABLE sip_capture (
  subject  text        PRIMARY KEY,
  ended_at timestamptz NOT NULL,
  messages jsonb       NOT NULL
);
CREATE INDEX sip_capture_ended ON sip_capture (ended_at);
