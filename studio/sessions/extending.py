"""More seeds for a comparison that is there; the runs that it has stay as they are."""

import sqlite3

from studio.core.spec import ComparisonSpec
from studio.sessions.reading import no_comparison


def write_seeds(
    db: sqlite3.Connection, comparison: int, seeds: int, planned: ComparisonSpec | None = None
) -> None:
    """Adds waiting runs up to that number of seeds; a smaller number changes nothing.

    Args:
        db: The session.
        comparison: Its number.
        seeds: How many it shall have in all.
        planned: Where the comparison gets its looks from, if it has none; all else stays its own.

    Raises:
        SessionError: The session has no such comparison.
    """
    spec = _spec(db, comparison)
    known = spec.training.seed_list
    if seeds <= len(known):
        return
    training = spec.training.model_copy(update={"seeds": seeds})
    spec = spec.model_copy(update={"training": training})
    if planned is not None:
        spec = spec.model_copy(update={"looks": planned.looks, "looked": planned.looked})
    _put(db, comparison, spec)
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


def _spec(db: sqlite3.Connection, comparison: int) -> ComparisonSpec:
    row = db.execute("SELECT spec FROM comparison WHERE id = ?", (comparison,)).fetchone()
    if row is None:
        raise no_comparison(comparison)
    return ComparisonSpec.model_validate_json(row[0])


def _put(db: sqlite3.Connection, comparison: int, spec: ComparisonSpec) -> None:
    db.execute("UPDATE comparison SET spec = ? WHERE id = ?", (spec.model_dump_json(), comparison))
