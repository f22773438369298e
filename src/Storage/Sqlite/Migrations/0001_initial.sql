-- Times are UTC ticks of 100 ns. Booleans are 0 or 1. "number" is the row's own small integer key: it keeps the order in which rows
-- were first stored, and it makes every other index entry short.

CREATE TABLE definitions (
    number        INTEGER PRIMARY KEY,
    id            TEXT    NOT NULL UNIQUE,
    definition_id TEXT    NOT NULL,
    version       INTEGER NOT NULL,
    name          TEXT,
    description   TEXT,
    created_at    INTEGER NOT NULL,
    tool_version  TEXT,
    is_latest     INTEGER NOT NULL,
    is_published  INTEGER NOT NULL,
    is_readonly   INTEGER NOT NULL,
    is_system     INTEGER NOT NULL,
    provider_name TEXT
);
CREATE INDEX definitions_version ON definitions (definition_id, version);

-- Apart from the headers, so that lists do not read past documents.
CREATE TABLE definition_documents (
    definition INTEGER PRIMARY KEY,
    document   TEXT NOT NULL
);

CREATE TABLE triggers (
    number        INTEGER PRIMARY KEY,
    id            TEXT NOT NULL UNIQUE,
    definition_id TEXT NOT NULL,
    version_id    TEXT NOT NULL,
    activity_id   TEXT NOT NULL,
    name          TEXT NOT NULL,
    hash          TEXT NOT NULL,
    payload       TEXT,
    due_at        INTEGER
);
CREATE INDEX triggers_definition ON triggers (definition_id);
CREATE INDEX triggers_hash ON triggers (hash);
CREATE INDEX triggers_name ON triggers (name);
CREATE INDEX triggers_due ON triggers (due_at) WHERE due_at IS NOT NULL;

-- Everything that many instances have in common, and how many they are: instances then carry one small integer, and lists know their
-- total without counting.
CREATE TABLE classes (
    id            INTEGER PRIMARY KEY,
    definition_id TEXT    NOT NULL,
    version_id    TEXT    NOT NULL,
    version       INTEGER NOT NULL,
    is_system     INTEGER NOT NULL,
    status        TEXT    NOT NULL,
    sub_status    TEXT    NOT NULL,
    has_incidents INTEGER NOT NULL,
    instances     INTEGER NOT NULL,
    UNIQUE (definition_id, version_id, version, is_system, status, sub_status, has_incidents)
);

CREATE TABLE instances (
    number         INTEGER PRIMARY KEY,
    id             TEXT    NOT NULL UNIQUE,
    class          INTEGER NOT NULL,
    revision       INTEGER NOT NULL,
    incidents      INTEGER NOT NULL,
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    finished_at    INTEGER,
    name           TEXT,
    correlation_id TEXT,
    parent_id      TEXT
);
CREATE INDEX instances_class ON instances (class, created_at);
CREATE INDEX instances_created ON instances (created_at);
CREATE INDEX instances_updated ON instances (updated_at);
CREATE INDEX instances_finished ON instances (finished_at);
CREATE INDEX instances_name ON instances (name COLLATE NOCASE);
CREATE INDEX instances_correlation ON instances (correlation_id) WHERE correlation_id IS NOT NULL;
CREATE INDEX instances_parent ON instances (parent_id) WHERE parent_id IS NOT NULL;

-- Apart from the headers, so that searching the headers does not read past states.
CREATE TABLE states (
    instance INTEGER PRIMARY KEY,
    state    BLOB NOT NULL
);

-- key = instance number * 2^28 + revision: the bursts of an instance stand together, in order, without an index of their own.
CREATE TABLE bursts (
    key          INTEGER PRIMARY KEY,
    committed_at INTEGER NOT NULL,
    log          BLOB NOT NULL
);

CREATE TABLE bookmarks (
    number               INTEGER PRIMARY KEY,
    id                   TEXT    NOT NULL UNIQUE,
    instance_id          TEXT    NOT NULL,
    name                 TEXT    NOT NULL,
    hash                 TEXT    NOT NULL,
    activity_instance_id TEXT    NOT NULL,
    created_at           INTEGER NOT NULL,
    due_at               INTEGER,
    correlation_id       TEXT,
    payload              TEXT
);
CREATE INDEX bookmarks_instance ON bookmarks (instance_id);
CREATE INDEX bookmarks_hash ON bookmarks (hash);
CREATE INDEX bookmarks_name ON bookmarks (name);
CREATE INDEX bookmarks_due ON bookmarks (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX bookmarks_correlation ON bookmarks (correlation_id) WHERE correlation_id IS NOT NULL;

CREATE TABLE work (
    number      INTEGER PRIMARY KEY,
    id          TEXT    NOT NULL UNIQUE,
    key         TEXT,
    kind        TEXT    NOT NULL,
    instance_id TEXT,
    priority    INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    attempts    INTEGER NOT NULL,
    payload     TEXT    NOT NULL
);
CREATE UNIQUE INDEX work_key ON work (key) WHERE key IS NOT NULL;
CREATE INDEX work_instance ON work (instance_id) WHERE instance_id IS NOT NULL;
CREATE INDEX work_due ON work (due_at);
-- The due time stands in it so that what is not due yet is skipped without reading its row.
CREATE INDEX work_order ON work (priority DESC, created_at, number, due_at);

CREATE TABLE documents (
    kind TEXT NOT NULL,
    id   TEXT NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (kind, id)
) WITHOUT ROWID;
