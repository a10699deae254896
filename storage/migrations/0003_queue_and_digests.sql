-- What administrators see of a queued message, when it may be sent, and when it is given up.
ALTER TABLE queue_message
  ADD COLUMN delete_at bigint NOT NULL DEFAULT 0,    -- microseconds since 1970; 0: never
  ADD COLUMN peer_ip   text   NOT NULL DEFAULT '',
  ADD COLUMN auth_user text   NOT NULL DEFAULT '',
  ADD COLUMN subject   text   NOT NULL DEFAULT '';
ALTER TABLE queue_recipient
  ADD COLUMN route      text    NOT NULL DEFAULT '', -- "[user:password@]server[:port]"; '': by the domain
  ADD COLUMN held_until bigint  NOT NULL DEFAULT 0,
  ADD COLUMN final      boolean NOT NULL DEFAULT false; -- the next attempt is the last one

-- When the last digest of a digest list was made, microseconds since 1970.
CREATE TABLE list_digest (
  list_id bigint PRIMARY KEY REFERENCES mail_list (id) ON DELETE CASCADE,
  at      bigint NOT NULL
);

-- The work of lists with what is known of the sender.
CREATE VIEW list_work_of_sender AS
  SELECT w.id, w.message_id, w.kind, w.list, w.recipient, w.position, w.at, t.reverse_path, t.detail
  FROM list_work w LEFT JOIN LATERAL
    (SELECT reverse_path, detail FROM trace WHERE trace.id = w.message_id AND event = 'accepted' LIMIT 1) t ON true;
