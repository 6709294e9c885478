-- What customers hear: texts for the speech engine and recordings, per language.
CREATE TABLE prompt (
  id    text PRIMARY KEY,
  name  text NOT NULL,
  -- {"fr": "...", "en": "..."}
  texts jsonb NOT NULL
);
CREATE UNIQUE INDEX prompt_name ON prompt (lower(name));

-- The sound itself, 8 kHz mono WAV, by its own hash: every server of the centre makes its file from here, and a call that plays one that was replaced keeps it.
CREATE TABLE prompt_sound (
  hash text PRIMARY KEY,
  wav  bytea NOT NULL
);

-- Every recording that a prompt has or had; the newest `current` one is heard.
CREATE TABLE prompt_recording (
  prompt_id text NOT NULL REFERENCES prompt ON DELETE CASCADE,
  language  text NOT NULL CHECK (language IN ('fr', 'en')),
  hash      text NOT NULL REFERENCES prompt_sound,
  at_ms     bigint NOT NULL,
  current   boolean NOT NULL,
  -- protocol/src/prompt.ts PromptRecording
  body      jsonb NOT NULL,
  PRIMARY KEY (prompt_id, language, hash)
);
CREATE UNIQUE INDEX prompt_recording_current ON prompt_recording (prompt_id, language) WHERE current;
