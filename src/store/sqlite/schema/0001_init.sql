-- The present value of every key.
CREATE TABLE entry (
  key             TEXT PRIMARY KEY,  -- bytes, compared as bytes
  value           BLOB NOT NULL,
  create_revision INTEGER NOT NULL,
  mod_revision    INTEGER NOT NULL
) WITHOUT ROWID;

-- The newest changes, each with what the key held before: an undo log. What a change made of the key is what the
-- next change of that key found, or the present value, so every value is written to the disk twice and not three times.
CREATE TABLE change (
  revision        INTEGER NOT NULL,
  position        INTEGER NOT NULL,  -- within the transaction
  key             TEXT NOT NULL,
  value           BLOB,              -- NULL, here and below: the key did not exist
  create_revision INTEGER,
  mod_revision    INTEGER,
  PRIMARY KEY (revision, position)
) WITHOUT ROWID;

-- One row: the newest revision. It outlives the log, so that no revision is ever given twice. It begins at 1, so that
-- who lists the empty store can watch from there (0 means "from now on").
CREATE TABLE store (
  only     INTEGER PRIMARY KEY CHECK (only = 1),
  revision INTEGER NOT NULL
);
INSERT INTO store VALUES (1, 1);
