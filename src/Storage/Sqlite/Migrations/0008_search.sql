-- What runs are found by besides their headers. A background duty writes it, not the commits of runs: what is stored before it, or
-- while it was away, it finds by the cursor (rows that were inserted) and the pending ones (rows that were written again).

-- A term is a hash of a name and a value: 8 bytes instead of both, and one comparison.
CREATE TABLE search_terms (
    term     INTEGER NOT NULL,
    instance INTEGER NOT NULL,
    PRIMARY KEY (term, instance)
) WITHOUT ROWID;

-- Words are there as text, so that their beginnings are found too.
CREATE TABLE search_words (
    word     TEXT    NOT NULL,
    instance INTEGER NOT NULL,
    PRIMARY KEY (word, instance)
) WITHOUT ROWID;

-- What an instance has in the two, to delete it from them and to test it alone: terms of 8 bytes each, words with a space before each.
CREATE TABLE search_entries (
    instance INTEGER PRIMARY KEY,
    terms    BLOB NOT NULL,
    words    TEXT NOT NULL
);

CREATE TABLE search_pending (
    instance INTEGER PRIMARY KEY
);

-- One row: every instance up to this number was indexed at least once.
CREATE TABLE search_cursor (
    number INTEGER NOT NULL
);
INSERT INTO search_cursor (number) VALUES (0);
