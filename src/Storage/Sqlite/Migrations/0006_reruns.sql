-- An instance that is a re-run names the one it repeats; few do, and only they are in the index.
ALTER TABLE instances ADD COLUMN rerun_of TEXT;

CREATE INDEX instances_rerun ON instances (rerun_of) WHERE rerun_of IS NOT NULL;
