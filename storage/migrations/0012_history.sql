-- What is remembered of messages and sessions for reports ([history]): short rows, written in the background
-- from the trace and from what sessions tell at their end. They outlive the trace.
CREATE TABLE history_messages (
  at         bigint NOT NULL,    -- of the trace row that it was made from, microseconds since 1970
  message    bigint NOT NULL,
  code       smallint NOT NULL,  -- UsageCode: what happened
  user_name  text NOT NULL,      -- the local user whom it concerns; empty: none
  sender     text NOT NULL,
  recipient  text NOT NULL,      -- the first one, where several make one row
  subject    text NOT NULL,
  service    text NOT NULL,      -- service or collector that it came by, or the host that took it
  size_bytes bigint NOT NULL
);
-- Rows come nearly in the order of their time and leave in it: a small index is enough to find a day.
CREATE INDEX history_messages_at ON history_messages USING brin (at) WITH (autosummarize = on);

CREATE TABLE history_sessions (
  at         bigint NOT NULL,    -- of the end
  service    text NOT NULL,      -- also "collector NAME", "connection NAME"
  user_name  text NOT NULL,
  address    text NOT NULL,
  seconds    bigint NOT NULL,
  messages   bigint NOT NULL,
  size_bytes bigint NOT NULL,    -- 0: not known
  reason     text NOT NULL       -- how it ended
);
CREATE INDEX history_sessions_at ON history_sessions USING brin (at) WITH (autosummarize = on);

-- One row: how far the background task is.
CREATE TABLE history_state (
  version     bigint NOT NULL DEFAULT 0,  -- counts its steps: of two servers only one takes the next
  moved_until bigint NOT NULL DEFAULT 0,  -- trace rows of this time and before are in history_messages
  kept_since  bigint NOT NULL DEFAULT 0,  -- trace rows of this time and before that are not there stay away
  summarised  text NOT NULL DEFAULT ''    -- the last day that was reported, "2026-12-31"
);
INSERT INTO history_state DEFAULT VALUES;

-- The end of the trace is read every few seconds: without summaries of its newest pages each of them would be.
ALTER INDEX trace_at SET (autosummarize = on);
