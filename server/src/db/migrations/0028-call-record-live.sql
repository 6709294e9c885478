-- Calls are written when they begin; what a dead server left is found without reading years of history.
CREATE INDEX call_record_live ON call_record (id) WHERE result = 'live';
