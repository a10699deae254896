-- What a queued copy stands for.
ALTER TABLE queue_recipient
  ADD COLUMN list   text   NOT NULL DEFAULT '', -- a member of this mailing list: his copy has a link of its own
  ADD COLUMN mirror bigint NOT NULL DEFAULT 0;  -- the user in whose INBOX the same message is; 0: none
