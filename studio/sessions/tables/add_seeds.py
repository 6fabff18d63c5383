"""Further seeds for an existing comparison; its runs stay unchanged."""

import sqlite3

from studio.core.specs.comparison_spec import ComparisonSpec
from studio.sessions.tables.reading import comparison_missing
from studio.sessions.tables.stored_spec import comparison_spec


def add_seeds(
    db: sqlite3.Connection, comparison: int, seeds: int, planned: ComparisonSpec | None = None
) -> None:
    """Adds waiting runs up to that number of seeds; a smaller number changes nothing.

    Args:
        db: The session.
        comparison: Its number.
        seeds: The new total number of seeds.
        planned: A spec whose interim looks are taken over; all other settings stay.

    Raises:
        SessionError: There is no such comparison.
    """
    spec = _read_spec(db, comparison)
    seeds_so_far = spec.training.seed_list
    if seeds <= len(seeds_so_far):
        return
    training = spec.training.model_copy(update={"seeds": seeds})
    spec = spec.model_copy(update={"training": training})
    if planned is not None:
        spec = spec.model_copy(update={"looks": planned.looks, "looked": planned.looked})
    write_spec(db, comparison, spec)
    contenders = db.execute("SELECT id FROM contender WHERE comparison = ?", (comparison,))
    db.executemany(
        "INSERT INTO run (contender, seed, repeat, fold) VALUES (?, ?, ?, ?)",
        [
            (contender, seed, *fold_id)
            for (contender,) in contenders.fetchall()
            for fold_id in spec.task.fold_ids
            for seed in training.seed_list
            if seed not in seeds_so_far
        ],
    )


def _read_spec(db: sqlite3.Connection, comparison: int) -> ComparisonSpec:
    row = db.execute("SELECT spec FROM comparison WHERE id = ?", (comparison,)).fetchone()
    if row is None:
        raise comparison_missing(comparison)
    return comparison_spec(row[0])


def write_spec(db: sqlite3.Connection, comparison: int, spec: ComparisonSpec) -> None:
    """Replaces the settings of a comparison."""
    db.execute("UPDATE comparison SET spec = ? WHERE id = ?", (spec.model_dump_json(), comparison))
