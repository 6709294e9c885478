-- Several servers (nodes) on one database: who lives, who has the centre, and what of a node must outlive it (decision 0032).
CREATE TABLE sip_node (
  run text PRIMARY KEY,
  name text NOT NULL,
  -- counts up each second; its standing still is how the others see that this node is no more
  beat bigint NOT NULL DEFAULT 0,
  -- counts up with each change of the settings that this node stored: the others read them again
  wrote bigint NOT NULL DEFAULT 0
);
CREATE TABLE sip_lease (name text PRIMARY KEY, run text NOT NULL);

-- The dialogs of established calls, enough of each to say goodbye in it. UNLOGGED: when the database dies too, nobody is left to read them.
CREATE UNLOGGED TABLE sip_dialog (key text PRIMARY KEY, run text NOT NULL, body jsonb NOT NULL);
CREATE INDEX sip_dialog_run ON sip_dialog (run);
-- Whose the live lines of the call history are.
CREATE UNLOGGED TABLE sip_call (id text PRIMARY KEY, run text NOT NULL);
CREATE INDEX sip_call_run ON sip_call (run);

-- What a node reads of the others' registrations: everything after the last `seq` it has seen. What is gone stays until it would have expired.
CREATE SEQUENCE registration_seq;
ALTER TABLE registration ADD COLUMN node text, ADD COLUMN seq bigint NOT NULL DEFAULT 0, ADD COLUMN gone boolean NOT NULL DEFAULT false;
CREATE INDEX registration_seq_index ON registration (seq);
