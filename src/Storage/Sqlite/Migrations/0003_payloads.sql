-- Large values of states, apart from them and under their hash: a state that is written again does not write them again, and reading
-- past states does not read past them.
CREATE TABLE payloads (
    number   INTEGER PRIMARY KEY,
    instance INTEGER NOT NULL,
    hash     BLOB    NOT NULL,
    data     BLOB    NOT NULL
);
CREATE UNIQUE INDEX payloads_hash ON payloads (instance, hash);
