-- What the owner of a folder may do with it, and what administrators keep for the next time.
ALTER TABLE folder ADD COLUMN fixed boolean NOT NULL DEFAULT false; -- its owner may not rename, move or delete it

CREATE TABLE saved_text (
  kind text NOT NULL,                       -- "message", "import"
  name text NOT NULL,
  body text NOT NULL,
  PRIMARY KEY (kind, name)
);
