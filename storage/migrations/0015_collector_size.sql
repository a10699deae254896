-- A server may give a UID again: the size shows that it is another message.
ALTER TABLE collector_seen ADD COLUMN size_bytes bigint NOT NULL DEFAULT 0; -- as LIST gave it; 0: not known
