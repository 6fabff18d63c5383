"""Searches for settings and their trials."""

import json
import sqlite3

from studio.core.errors import SessionError
from studio.core.results.study import Study, Trial
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.core.specs.search_spec import SearchSpec
from studio.sessions.tables.damage import DamagedValueError, reading
from studio.sessions.tables.serialization import pack_json, pack_number
from studio.sessions.tables.stored_spec import comparison_spec
from studio.sessions.tables.write_events import now

_STATUSES = {"finished", "pruned", "failed"}


def write_study(db: sqlite3.Connection, spec: ComparisonSpec, search: SearchSpec) -> int:
    """Begins a search; returns its number."""
    row = db.execute(
        "INSERT INTO study (created, spec, search) VALUES (?, ?, ?)",
        (now(), spec.model_dump_json(), pack_json(search.as_json())),
    )
    return int(row.lastrowid or 0)


def write_trial(db: sqlite3.Connection, study: int, trial: Trial) -> None:
    losses = [pack_number(loss) for loss in trial.losses]
    db.execute(
        "INSERT INTO trial (study, contender, number, settings, status, reason, losses)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            study,
            trial.contender,
            trial.number,
            pack_json(dict(trial.settings)),
            trial.status,
            trial.reason,
            pack_json(losses),
        ),
    )


def end_study(db: sqlite3.Connection, study: int, comparison: int) -> None:
    """Notes the comparison of the best settings."""
    db.execute("UPDATE study SET comparison = ? WHERE id = ?", (comparison, study))


def read_studies(db: sqlite3.Connection) -> tuple[Study, ...]:
    """All searches, oldest first."""
    rows = db.execute("SELECT id, created, spec, search, comparison FROM study ORDER BY id")
    studies = []
    for number, created, spec, search, comparison in rows.fetchall():
        with reading(f"search {number}"):
            studies.append(
                Study(
                    number,
                    created,
                    comparison_spec(spec),
                    SearchSpec.from_json(json.loads(search)),
                    _trials(db, number),
                    comparison,
                )
            )
    return tuple(studies)


def _trials(db: sqlite3.Connection, study: int) -> tuple[Trial, ...]:
    rows = db.execute(
        "SELECT contender, number, settings, status, reason, losses FROM trial"
        " WHERE study = ? ORDER BY contender, number",
        (study,),
    )
    trials = []
    for contender, number, settings, status, reason, losses in rows:
        drawn = json.loads(settings)
        if status not in _STATUSES or not all(
            isinstance(value, int | float) for value in drawn.values()
        ):
            raise DamagedValueError(f"trial {number} of {contender}: its settings are no numbers")
        values = tuple(float(loss) for loss in json.loads(losses))
        trials.append(Trial(contender, number, drawn, status, values, reason))
    return tuple(trials)


def last_study(studies: tuple[Study, ...]) -> Study:
    """The search that started last.

    Raises:
        SessionError: There is none.
    """
    if not studies:
        raise SessionError(
            "the session contains no search", remedy="Start one: gate-studio tune DATA"
        )
    return studies[-1]
