-- The history's line of a call names the run of the node that writes it, from its first statement on: a node killed at any moment leaves
-- no live line that nobody knows to be its own (decision 0032). Null: of a server alone, or of a node that the others found dead.
ALTER TABLE call_record ADD COLUMN run text;
UPDATE call_record r SET run = c.run FROM sip_call c WHERE c.id = r.id AND r.result = 'live';
DROP TABLE sip_call;
