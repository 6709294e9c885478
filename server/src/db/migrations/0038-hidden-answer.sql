-- What customers typed into hidden questions of dialogues that are under way in writing, sealed with the server's key. No fact and no state
-- holds it; the row goes with the dialogue's end.
CREATE TABLE hidden_answer (
  interaction_id text PRIMARY KEY,
  sealed text NOT NULL
);
