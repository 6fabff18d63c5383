"""More seeds for a comparison that is there; the runs that it has stay as they are."""

import sqlite3

from studio.core.spec import ComparisonSpec
from studio.sessions.reading import no_comparison


def write_seeds(db: sqlite3.Connection, comparison: int, seeds: int) -> None:
    """Adds waiting runs up to that number of seeds; a smaller number changes nothing.

    Raises:
        SessionError: The session has no such comparison.
    """
    row = db.execute("SELECT spec FROM comparison WHERE id = ?", (comparison,)).fetchone()
    if row is None:
        raise no_comparison(comparison)
    spec = ComparisonSpec.model_validate_json(row[0])
    known = spec.training.seed_list
    if seeds <= len(known):
        return
    training = spec.training.model_copy(update={"seeds": seeds})
    spec = spec.model_copy(update={"training": training})
    db.execute("UPDATE comparison SET spec = ? WHERE id = ?", (spec.model_dump_json(), comparison))
    contenders = db.execute("SELECT id FROM contender WHERE comparison = ?", (comparison,))
    db.executemany(
        "INSERT INTO run (contender, seed, repeat, fold) VALUES (?, ?, ?, ?)",
        [
            (contender, seed, *division)
            for (contender,) in contenders.fetchall()
            for division in spec.task.divisions
            for seed in training.seed_list
            if seed not in known
        ],
    )
