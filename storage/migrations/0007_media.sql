-- Files of users that automatic answers attach. A name is there once, without regard to case.
CREATE TABLE user_media (
  user_id      bigint NOT NULL REFERENCES mail_user (id) ON DELETE CASCADE,
  name         text NOT NULL,
  content_type text NOT NULL,
  size_bytes   bigint NOT NULL,
  at           bigint NOT NULL,             -- microseconds since 1970
  bytes        bytea NOT NULL
);
ALTER TABLE user_media ALTER COLUMN bytes SET STORAGE EXTERNAL;
CREATE UNIQUE INDEX user_media_name ON user_media (user_id, lower(name));

-- How often the rules of automatic answers have matched. Rules go by their names, in lower case.
CREATE TABLE autoresponse_match (
  user_id bigint NOT NULL REFERENCES mail_user (id) ON DELETE CASCADE,
  rule    text NOT NULL,
  matches bigint NOT NULL,
  PRIMARY KEY (user_id, rule)
);

-- What went wrong in scripts: one row for each text, however often it happens.
CREATE TABLE script_error (
  text       text PRIMARY KEY,              -- "office.lua:12: message"
  count      bigint NOT NULL,
  first_at   bigint NOT NULL,               -- microseconds since 1970
  last_at    bigint NOT NULL,
  message_id bigint NOT NULL                -- the last message; 0: none
);
CREATE INDEX script_error_last ON script_error (last_at);
