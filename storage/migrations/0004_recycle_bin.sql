-- Deleted messages and folders, kept for a while. Rows refer to contents like messages do.
CREATE TABLE recycled_message (
  folder_id     bigint NOT NULL,            -- of folder, or of recycled_folder
  content_id    bigint NOT NULL,
  size_bytes    bigint NOT NULL,
  flags         bigint NOT NULL,
  keywords      text[],
  internal_date bigint NOT NULL,            -- seconds since 1970
  deleted_at    bigint NOT NULL             -- seconds since 1970
);
CREATE INDEX recycled_message_folder ON recycled_message (folder_id);
CREATE INDEX recycled_message_deleted_at ON recycled_message USING brin (deleted_at);

CREATE TABLE recycled_folder (
  folder_id   bigint PRIMARY KEY,           -- the number that it had
  user_id     bigint NOT NULL REFERENCES mail_user (id),
  name        text   NOT NULL,
  special_use text   NOT NULL,
  deleted_at  bigint NOT NULL
);
CREATE INDEX recycled_folder_user ON recycled_folder (user_id);
