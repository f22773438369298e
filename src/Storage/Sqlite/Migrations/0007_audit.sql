-- Entries are only appended, so "number" is the order in which they were committed, and lists walk it backwards.
CREATE TABLE audit (
    number      INTEGER PRIMARY KEY,
    id          TEXT    NOT NULL UNIQUE,
    at          INTEGER NOT NULL,
    actor_kind  TEXT    NOT NULL,
    actor_id    TEXT,
    actor_name  TEXT,
    address     TEXT,
    action      TEXT    NOT NULL,
    target_kind TEXT,
    target_id   TEXT,
    target_name TEXT,
    before      TEXT,
    after       TEXT,
    outcome     TEXT    NOT NULL,
    code        TEXT,
    trace_id    TEXT
);
CREATE INDEX audit_target ON audit (target_id) WHERE target_id IS NOT NULL;

-- What was written cannot be rewritten, whatever a later program asks for.
CREATE TRIGGER audit_is_append_only BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'The audit log is append-only.');
END;
