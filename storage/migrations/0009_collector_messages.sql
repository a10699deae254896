-- What a collector knows of each message on its remote server, and how its last visit ended.
ALTER TABLE collector_seen
  ADD COLUMN state         text    NOT NULL DEFAULT 'fetched', -- routing/download/remote_message.h; '': only listed
  ADD COLUMN settled       bigint  NOT NULL DEFAULT 0,         -- when it came into this state
  ADD COLUMN subject       text    NOT NULL DEFAULT '',
  ADD COLUMN sender        text    NOT NULL DEFAULT '',
  ADD COLUMN recipients    text    NOT NULL DEFAULT '',
  ADD COLUMN message_date  bigint  NOT NULL DEFAULT 0,
  ADD COLUMN token         text    NOT NULL DEFAULT '',        -- of the question whether to download it
  ADD COLUMN get_wanted    boolean NOT NULL DEFAULT false,     -- download it at the next visit
  ADD COLUMN delete_wanted boolean NOT NULL DEFAULT false;     -- delete it at the next visit
ALTER TABLE collector_seen ALTER COLUMN state SET DEFAULT '';
UPDATE collector_seen SET settled = first_seen;
CREATE INDEX collector_seen_token ON collector_seen (token) WHERE token <> '';

CREATE TABLE collector_result (
  collector  text PRIMARY KEY,
  at         bigint NOT NULL,
  listed_at  bigint NOT NULL DEFAULT 0,     -- when the remote server last said what it has
  ok         boolean NOT NULL,
  result     text NOT NULL,                 -- "Connection successful", or the command that failed and the reply
  fetched    bigint NOT NULL DEFAULT 0,
  deleted    bigint NOT NULL DEFAULT 0,
  kept       bigint NOT NULL DEFAULT 0,
  failed     bigint NOT NULL DEFAULT 0,
  duplicates bigint NOT NULL DEFAULT 0
);
