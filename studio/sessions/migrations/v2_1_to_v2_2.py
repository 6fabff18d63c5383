"""From version 2.1 of the session file to 2.2: models trained on all data, and searches."""

import sqlite3

_TABLES = (
    (
        "CREATE TABLE final_model (id INTEGER PRIMARY KEY,"
        " contender INTEGER NOT NULL REFERENCES contender ON DELETE CASCADE,"
        " seed INTEGER NOT NULL, created TEXT NOT NULL, epochs INTEGER NOT NULL,"
        " examples INTEGER NOT NULL, train_loss ANY NOT NULL, preparation TEXT NOT NULL,"
        " served TEXT NOT NULL, weights BLOB NOT NULL, UNIQUE (contender, seed)) STRICT"
    ),
    (
        "CREATE TABLE study (id INTEGER PRIMARY KEY, created TEXT NOT NULL, spec TEXT NOT NULL,"
        " search TEXT NOT NULL, comparison INTEGER REFERENCES comparison ON DELETE SET NULL) STRICT"
    ),
    (
        "CREATE TABLE trial (study INTEGER NOT NULL REFERENCES study ON DELETE CASCADE,"
        " contender TEXT NOT NULL, number INTEGER NOT NULL, settings TEXT NOT NULL,"
        " status TEXT NOT NULL CHECK (status IN ('finished', 'pruned', 'failed')),"
        " reason TEXT NOT NULL, losses TEXT NOT NULL,"
        " PRIMARY KEY (study, contender, number)) STRICT"
    ),
)


def add_final_models_and_studies(db: sqlite3.Connection) -> None:
    """Adds the tables, empty."""
    for table in _TABLES:
        db.execute(table)
