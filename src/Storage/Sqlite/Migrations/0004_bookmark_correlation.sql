-- Thousands of instances may wait for one event, each with a correlation id of its own: an event for one of them must not read past all.
DROP INDEX bookmarks_hash;
CREATE INDEX bookmarks_hash ON bookmarks (hash, correlation_id);
