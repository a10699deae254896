-- Keys that the nodes share: the first one that needs a key makes it.
CREATE TABLE server_key (
  purpose text  PRIMARY KEY,                -- 'unsubscribe': signs the links in the mail of lists
  bytes   bytea NOT NULL
);
