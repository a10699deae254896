-- The queue is loaded at a start: without a look at the contents, which are large.
ALTER TABLE queue_message ADD COLUMN transmit_offset bigint NOT NULL DEFAULT 0;
UPDATE queue_message q SET transmit_offset = c.transmit_offset FROM content c WHERE c.id = q.id;
