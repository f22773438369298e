-- Workflows that others may use as activities are all loaded at the start; without the column every document would have to be read.
ALTER TABLE definitions ADD COLUMN is_usable_as_activity INTEGER NOT NULL DEFAULT 0;

UPDATE definitions SET is_usable_as_activity = 1
WHERE number IN (SELECT definition FROM definition_documents WHERE document LIKE '%"usableAsActivity":true%');

CREATE INDEX definitions_usable ON definitions (definition_id) WHERE is_usable_as_activity = 1;
