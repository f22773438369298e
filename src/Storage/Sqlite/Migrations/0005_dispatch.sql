-- What limits and pauses go by. An empty text stands for "none", so that the groups of the index can be walked with one comparison.
ALTER TABLE work ADD COLUMN definition_id TEXT NOT NULL DEFAULT '';
ALTER TABLE work ADD COLUMN concurrency_key TEXT;
ALTER TABLE instances ADD COLUMN concurrency_key TEXT;

UPDATE work SET definition_id = COALESCE(json_extract(payload, '$.definition'), '') WHERE kind = 'Start';

-- Leads to the first items of each definition without a look at those of others.
CREATE INDEX work_groups ON work (kind, definition_id, priority DESC, created_at, number, due_at, concurrency_key);
