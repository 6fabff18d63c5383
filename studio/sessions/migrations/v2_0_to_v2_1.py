"""From version 2.0 of the session file to 2.1, which keeps where stored examples come from."""

import sqlite3


def add_positions(db: sqlite3.Connection) -> None:
    """Adds the position of stored examples, unknown for those that are there."""
    db.execute("ALTER TABLE kept_example ADD COLUMN position INTEGER")
