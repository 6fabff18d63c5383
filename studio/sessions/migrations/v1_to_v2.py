"""From version 1 of the session file, with a single split, to version 2, with folds."""

import sqlite3

_STATEMENTS = """
CREATE TABLE division (
  comparison INTEGER NOT NULL REFERENCES comparison ON DELETE CASCADE,
  repeat INTEGER NOT NULL,
  fold INTEGER NOT NULL,
  preparation TEXT NOT NULL,
  part_sizes TEXT NOT NULL,
  test_truth BLOB NOT NULL,
  test_positions BLOB NOT NULL,
  PRIMARY KEY (comparison, repeat, fold)
) STRICT;
INSERT INTO division
  SELECT id, 0, 0, preparation, part_sizes, test_truth, test_positions FROM comparison;
ALTER TABLE comparison DROP COLUMN preparation;
ALTER TABLE comparison DROP COLUMN part_sizes;
ALTER TABLE comparison DROP COLUMN test_truth;
ALTER TABLE comparison DROP COLUMN test_positions;

CREATE TABLE new_baseline (
  comparison INTEGER NOT NULL REFERENCES comparison ON DELETE CASCADE,
  repeat INTEGER NOT NULL,
  fold INTEGER NOT NULL,
  place INTEGER NOT NULL,
  name TEXT NOT NULL,
  parameters INTEGER NOT NULL,
  seconds REAL NOT NULL,
  answers BLOB NOT NULL,
  scores TEXT NOT NULL,
  validation_scores TEXT NOT NULL,
  validation_loss ANY,
  PRIMARY KEY (comparison, repeat, fold, place)
) STRICT;
INSERT INTO new_baseline
  SELECT comparison, 0, 0, place, name, parameters, seconds, answers, scores, validation_scores,
    validation_loss FROM baseline;
DROP TABLE baseline;
ALTER TABLE new_baseline RENAME TO baseline;

CREATE TABLE new_run (
  id INTEGER PRIMARY KEY,
  contender INTEGER NOT NULL REFERENCES contender ON DELETE CASCADE,
  seed INTEGER NOT NULL,
  repeat INTEGER NOT NULL,
  fold INTEGER NOT NULL,
  status TEXT NOT NULL DEFAULT 'waiting' CHECK
    (status IN ('waiting', 'running', 'finished', 'early', 'stopped', 'failed')),
  reason TEXT NOT NULL DEFAULT '',
  remedy TEXT NOT NULL DEFAULT '',
  served TEXT,
  memory TEXT,
  UNIQUE (contender, repeat, fold, seed)
) STRICT;
INSERT INTO new_run
  SELECT id, contender, seed, 0, 0, status, reason, remedy, served, memory FROM run;
DROP TABLE run;
ALTER TABLE new_run RENAME TO run;
"""


def add_folds(db: sqlite3.Connection) -> None:
    """Adds folds to every comparison, run and baseline.

    Runs one statement at a time within the caller's transaction, as executescript would commit.
    """
    for statement in _STATEMENTS.split(";"):
        if statement.strip():
            db.execute(statement)
