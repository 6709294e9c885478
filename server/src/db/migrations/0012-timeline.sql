-- A customer's timeline and the floor's history read the state rows by these.
CREATE INDEX interaction_customer ON interaction ((body -> 'customer' ->> 'id'), ((body ->> 'createdAtMs')::bigint) DESC);
CREATE INDEX interaction_created ON interaction (((body ->> 'createdAtMs')::bigint));
-- A conversation's messages are facts: one place of truth.
CREATE INDEX fact_messages ON fact (interaction_id, seq) WHERE type = 'messageAdded';
