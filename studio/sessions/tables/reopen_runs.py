"""New limits of training for an existing comparison, whose runs go on."""

import sqlite3

from studio.core.specs.comparison_spec import ComparisonSpec
from studio.sessions.tables.add_seeds import write_spec


def reopen_runs(db: sqlite3.Connection, comparison: int, spec: ComparisonSpec) -> None:
    """Takes over the settings; runs that ended at their limit count as stopped.

    Their epochs, weights and results stay until they go on. Runs that early stopping ended, or
    that failed, stay as they are.
    """
    write_spec(db, comparison, spec)
    db.execute(
        "UPDATE run SET status = 'stopped' WHERE status = 'finished' AND contender IN"
        " (SELECT id FROM contender WHERE comparison = ?)",
        (comparison,),
    )
