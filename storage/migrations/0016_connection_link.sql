-- Links that a run has made, or begun to make, and that no run has dropped yet.
CREATE TABLE connection_link (
  connection text PRIMARY KEY,
  since      bigint NOT NULL  -- microseconds since 1970
);
