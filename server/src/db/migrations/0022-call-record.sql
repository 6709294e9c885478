-- Calls of the company telephone system. Extensions and trunks may be gone by the time somebody reads it: no references.
CREATE TABLE call_record (
  id text PRIMARY KEY,
  started_at timestamptz NOT NULL,
  answered_at timestamptz,
  ended_at timestamptz,
  from_number text NOT NULL,
  from_name text NOT NULL,
  to_number text NOT NULL,
  to_name text NOT NULL,
  direction text NOT NULL,
  result text NOT NULL,
  extension_ids text[] NOT NULL,
  trunk_id text,
  customer_id text
);
CREATE INDEX call_record_started ON call_record (started_at DESC);
CREATE INDEX call_record_extension ON call_record USING gin (extension_ids);

-- Messages left for an extension; the sound is a file in the data folder, named by the id.
CREATE TABLE voicemail (
  id text PRIMARY KEY,
  extension_id text NOT NULL REFERENCES extension ON DELETE CASCADE,
  from_number text NOT NULL,
  from_name text NOT NULL,
  customer_id text,
  left_at timestamptz NOT NULL,
  duration_ms integer NOT NULL,
  heard boolean NOT NULL
);
CREATE INDEX voicemail_extension ON voicemail (extension_id, left_at);
CREATE INDEX voicemail_customer ON voicemail (customer_id, left_at) WHERE customer_id IS NOT NULL;
