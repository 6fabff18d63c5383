"""The tables of a session file, its application id and version."""

APPLICATION_ID = 0x47415445  # "GATE"
CURRENT_VERSION = 2002  # 2.2, as major * 1000 + minor

TABLES = """
CREATE TABLE dataset (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  spec TEXT NOT NULL,          -- JSON
  schema TEXT NOT NULL         -- JSON
) STRICT;

CREATE TABLE dataset_file (
  dataset INTEGER NOT NULL REFERENCES dataset ON DELETE CASCADE,
  name TEXT NOT NULL,          -- relative to the dataset's folder
  path TEXT NOT NULL,          -- where it was, absolute
  size INTEGER NOT NULL,       -- bytes
  mtime_ns INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  content BLOB,                -- where it is embedded
  PRIMARY KEY (dataset, name)
) STRICT;

CREATE TABLE comparison (
  id INTEGER PRIMARY KEY,
  dataset INTEGER NOT NULL REFERENCES dataset,
  name TEXT NOT NULL,
  created TEXT NOT NULL,       -- ISO 8601, UTC
  spec TEXT NOT NULL,          -- JSON
  environment TEXT NOT NULL    -- JSON
) STRICT;

CREATE TABLE division (        -- of the data into parts; several where there are folds
  comparison INTEGER NOT NULL REFERENCES comparison ON DELETE CASCADE,
  repeat INTEGER NOT NULL,     -- from 1; 0 where there is one alone
  fold INTEGER NOT NULL,       -- from 1; 0 where the data is divided once
  preparation TEXT NOT NULL,   -- JSON
  part_sizes TEXT NOT NULL,    -- JSON, examples by part
  test_truth BLOB NOT NULL,    -- array; every array is in NumPy's .npy format
  test_positions BLOB NOT NULL, -- array
  PRIMARY KEY (comparison, repeat, fold)
) STRICT;

CREATE TABLE kept_example (     -- of the first division
  comparison INTEGER NOT NULL REFERENCES comparison ON DELETE CASCADE,
  place INTEGER NOT NULL,
  part TEXT NOT NULL CHECK (part IN ('training', 'validation', 'test')),
  number INTEGER NOT NULL,     -- within the part
  inputs BLOB NOT NULL,        -- array (time, channels), scaled
  truth BLOB NOT NULL,         -- array
  position INTEGER,            -- where it comes from; NULL in files of version 2.0
  PRIMARY KEY (comparison, place)
) STRICT;

CREATE TABLE contender (
  id INTEGER PRIMARY KEY,
  comparison INTEGER NOT NULL REFERENCES comparison ON DELETE CASCADE,
  name TEXT NOT NULL,
  parameters INTEGER NOT NULL,
  macs INTEGER NOT NULL,
  UNIQUE (comparison, name)
) STRICT;

CREATE TABLE baseline (
  comparison INTEGER NOT NULL REFERENCES comparison ON DELETE CASCADE,
  repeat INTEGER NOT NULL,          -- which division, as above
  fold INTEGER NOT NULL,
  place INTEGER NOT NULL,
  name TEXT NOT NULL,
  parameters INTEGER NOT NULL,
  seconds REAL NOT NULL,
  answers BLOB NOT NULL,            -- array (examples, outputs)
  scores TEXT NOT NULL,             -- JSON
  validation_scores TEXT NOT NULL,  -- JSON
  validation_loss ANY,              -- NULL: there is none; 'nan': not a number
  PRIMARY KEY (comparison, repeat, fold, place)
) STRICT;

CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  contender INTEGER NOT NULL REFERENCES contender ON DELETE CASCADE,
  seed INTEGER NOT NULL,
  repeat INTEGER NOT NULL,          -- which division, as above
  fold INTEGER NOT NULL,
  status TEXT NOT NULL DEFAULT 'waiting' CHECK
    (status IN ('waiting', 'running', 'finished', 'early', 'stopped', 'failed')),
  reason TEXT NOT NULL DEFAULT '',  -- why it failed
  remedy TEXT NOT NULL DEFAULT '',
  served TEXT,                      -- JSON: engine, device, threads, allocator
  memory TEXT,                      -- JSON: bytes by kind
  UNIQUE (contender, repeat, fold, seed)
) STRICT;

CREATE TABLE epoch (
  run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  epoch INTEGER NOT NULL,
  step INTEGER NOT NULL,
  train_loss ANY,              -- 'nan' where it is not a number, here and below
  validation_loss ANY,
  scores TEXT NOT NULL,        -- JSON
  seconds ANY NOT NULL,
  lr ANY NOT NULL,
  gradient_norm ANY NOT NULL,
  clipped ANY NOT NULL,
  best INTEGER NOT NULL,       -- 1: the best of the run so far
  PRIMARY KEY (run, epoch)
) STRICT;

CREATE TABLE step_timing (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  turn INTEGER NOT NULL,
  position INTEGER NOT NULL,
  first_step INTEGER NOT NULL,
  warmup INTEGER NOT NULL,
  seconds BLOB NOT NULL        -- array (steps,)
) STRICT;
CREATE INDEX step_timing_run ON step_timing (run, first_step);

CREATE TABLE checkpoint (
  run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  epoch INTEGER NOT NULL,
  size INTEGER NOT NULL,       -- bytes of the weights
  weights BLOB NOT NULL,       -- safetensors
  PRIMARY KEY (run, epoch)
) STRICT;

CREATE TABLE run_state (
  run INTEGER PRIMARY KEY REFERENCES run ON DELETE CASCADE,
  epoch INTEGER NOT NULL,
  state BLOB NOT NULL,         -- safetensors: optimiser, schedule, early stopping, counters
  FOREIGN KEY (run, epoch) REFERENCES checkpoint (run, epoch)
) STRICT;

CREATE TABLE test_result (
  run INTEGER PRIMARY KEY REFERENCES run ON DELETE CASCADE,
  kept_epoch INTEGER NOT NULL,
  answers BLOB NOT NULL,       -- array (examples, outputs)
  scores TEXT NOT NULL         -- JSON
) STRICT;

CREATE TABLE note (
  id INTEGER PRIMARY KEY,
  comparison INTEGER NOT NULL REFERENCES comparison ON DELETE CASCADE,
  run INTEGER REFERENCES run ON DELETE CASCADE,
  created TEXT NOT NULL,       -- ISO 8601, UTC
  text TEXT NOT NULL,
  tags TEXT NOT NULL           -- JSON list
) STRICT;

CREATE TABLE final_model (     -- a contender trained on all data; it has no test result
  id INTEGER PRIMARY KEY,
  contender INTEGER NOT NULL REFERENCES contender ON DELETE CASCADE,
  seed INTEGER NOT NULL,
  created TEXT NOT NULL,       -- ISO 8601, UTC
  epochs INTEGER NOT NULL,
  examples INTEGER NOT NULL,
  train_loss ANY NOT NULL,     -- of the last epoch
  preparation TEXT NOT NULL,   -- JSON
  served TEXT NOT NULL,        -- JSON, as of a run
  weights BLOB NOT NULL,       -- safetensors
  UNIQUE (contender, seed)
) STRICT;

CREATE TABLE study (           -- a search for settings, before the comparison that it is for
  id INTEGER PRIMARY KEY,
  created TEXT NOT NULL,       -- ISO 8601, UTC
  spec TEXT NOT NULL,          -- JSON, of the comparison
  search TEXT NOT NULL,        -- JSON
  comparison INTEGER REFERENCES comparison ON DELETE SET NULL -- that of the best settings
) STRICT;

CREATE TABLE trial (
  study INTEGER NOT NULL REFERENCES study ON DELETE CASCADE,
  contender TEXT NOT NULL,
  number INTEGER NOT NULL,     -- from 0
  settings TEXT NOT NULL,      -- JSON
  status TEXT NOT NULL CHECK (status IN ('finished', 'pruned', 'failed')),
  reason TEXT NOT NULL,        -- why it failed
  losses TEXT NOT NULL,        -- JSON, validation loss of each epoch
  PRIMARY KEY (study, contender, number)
) STRICT;
"""
