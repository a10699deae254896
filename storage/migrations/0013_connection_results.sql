-- What became of the last run of each connection, and of the mail that its sender last sent without one.
CREATE TABLE connection_result (
  connection text NOT NULL,
  at_once    boolean NOT NULL,  -- sent without a run
  at         bigint NOT NULL,   -- microseconds since 1970
  cause      text NOT NULL,     -- of the run: "schedule", "command"
  lines      text[] NOT NULL,   -- of sender and collectors, as people read them
  PRIMARY KEY (connection, at_once)
);
