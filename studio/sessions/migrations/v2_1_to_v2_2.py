"""From version 2.1 of the session file to 2.2, which keeps models trained on all data."""

import sqlite3


def add_final_models(db: sqlite3.Connection) -> None:
    """Adds the table, empty."""
    db.execute(
        "CREATE TABLE final_model (id INTEGER PRIMARY KEY,"
        " contender INTEGER NOT NULL REFERENCES contender ON DELETE CASCADE,"
        " seed INTEGER NOT NULL, created TEXT NOT NULL, epochs INTEGER NOT NULL,"
        " examples INTEGER NOT NULL, train_loss ANY NOT NULL, preparation TEXT NOT NULL,"
        " served TEXT NOT NULL, weights BLOB NOT NULL, UNIQUE (contender, seed)) STRICT"
    )
