"""The tables of earlier versions of the session file, in SQL."""

from collections.abc import Mapping

from studio.sessions.schema import TABLES

_POSITION = "  position INTEGER,            -- where it comes from; NULL in files of version 2.0\n"

_REPLACED_IN_1_0 = """
CREATE TABLE comparison (
  id INTEGER PRIMARY KEY,
  dataset INTEGER NOT NULL REFERENCES dataset,
  name TEXT NOT NULL,
  created TEXT NOT NULL,
  spec TEXT NOT NULL,
  preparation TEXT NOT NULL,
  part_sizes TEXT NOT NULL,
  environment TEXT NOT NULL,
  test_truth BLOB NOT NULL,
  test_positions BLOB NOT NULL
) STRICT;

CREATE TABLE baseline (
  comparison INTEGER NOT NULL REFERENCES comparison ON DELETE CASCADE,
  place INTEGER NOT NULL,
  name TEXT NOT NULL,
  parameters INTEGER NOT NULL,
  seconds REAL NOT NULL,
  answers BLOB NOT NULL,
  scores TEXT NOT NULL,
  validation_scores TEXT NOT NULL,
  validation_loss ANY,
  PRIMARY KEY (comparison, place)
) STRICT;

CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  contender INTEGER NOT NULL REFERENCES contender ON DELETE CASCADE,
  seed INTEGER NOT NULL,
  status TEXT NOT NULL DEFAULT 'waiting' CHECK
    (status IN ('waiting', 'running', 'finished', 'early', 'stopped', 'failed')),
  reason TEXT NOT NULL DEFAULT '',
  remedy TEXT NOT NULL DEFAULT '',
  served TEXT,
  memory TEXT,
  UNIQUE (contender, seed)
) STRICT;
"""


def _statements(sql: str) -> dict[str, str]:
    """Statements by the name of the table or index that they make."""
    parts = (part.strip() for part in sql.split(";\n"))
    return {part.split()[2]: part for part in parts if part}


def _of_1_0() -> str:
    statements = _statements(_of_2_0()) | _statements(_REPLACED_IN_1_0)
    return _joined(statements, without={"division"})


def _of_2_0() -> str:
    return _of_2_1().replace(_POSITION, "")


def _of_2_1() -> str:
    return _joined(_statements(TABLES), without={"final_model", "study", "trial"})


def _joined(statements: Mapping[str, str], without: set[str]) -> str:
    return ";\n".join(part for name, part in statements.items() if name not in without) + ";\n"


OLDER_TABLES = {1000: _of_1_0(), 2000: _of_2_0(), 2001: _of_2_1()}
"""SQL of the tables by version, major * 1000 + minor."""
