-- What the sender of a queued message demands of TLS (RFC 8689): 0 nothing, 1 required, 2 optional.
ALTER TABLE queue_message ADD COLUMN tls smallint NOT NULL DEFAULT 0;

-- One row a server: whether its last run has ended in order. What waited in the queue of one that has not may
-- have been sent.
CREATE TABLE server_state (
  server text PRIMARY KEY,
  started bigint NOT NULL,         -- microseconds since 1970
  stopped bigint NOT NULL DEFAULT 0  -- 0: it runs, or has ended without a word
);

-- Policies of other domains (MTA-STS, RFC 8461) that are in force: a restart must not make mail less safe.
CREATE TABLE tls_policy (
  domain text PRIMARY KEY,
  id     text NOT NULL,    -- of the text record that it came with
  policy text NOT NULL,    -- as it was fetched
  until  bigint NOT NULL   -- in force until then, microseconds since 1970
);
