-- Retention asks for the oldest finished instances class by class. Running instances have no entry.
CREATE INDEX instances_expiry ON instances (class, finished_at) WHERE finished_at IS NOT NULL;
