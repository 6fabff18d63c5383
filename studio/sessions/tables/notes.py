"""Notes of users on comparisons and runs."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from studio.core.results.events import RunId
from studio.core.specs.fold_ids import FoldId
from studio.sessions.tables.damage import reading
from studio.sessions.tables.serialization import pack_json
from studio.sessions.tables.write_events import find_run, now


@dataclass(frozen=True)
class Note:
    """A note on a run, or on a comparison if run is None.

    Attributes:
        id: Its number within the session.
        run: The run, or None.
        created: When it was written, ISO 8601, UTC.
        text: Its text.
        tags: Keywords to find it by.
    """

    id: int
    run: RunId | None
    created: str
    text: str
    tags: tuple[str, ...]

    def __str__(self) -> str:
        """Such as "GRU, seed 2: looks odd (check, slow)"."""
        about = "" if self.run is None else f"{self.run}: "
        tags = f" ({', '.join(self.tags)})" if self.tags else ""
        return f"{about}{self.text}{tags}"


def write_note(
    db: sqlite3.Connection, comparison: int, run: RunId | None, text: str, tags: Sequence[str]
) -> None:
    row = None if run is None else find_run(db, comparison, run)
    db.execute(
        "INSERT INTO note (comparison, run, created, text, tags) VALUES (?, ?, ?, ?, ?)",
        (comparison, row, now(), text, pack_json(list(tags))),
    )


def read_notes(db: sqlite3.Connection, comparison: int) -> tuple[Note, ...]:
    """The notes of a comparison, oldest first.

    A later note on a run replaces the earlier ones; an empty one removes it.
    """
    rows = db.execute(
        "SELECT note.id, name, seed, repeat, fold, created, text, tags FROM note"
        " LEFT JOIN run ON run.id = note.run LEFT JOIN contender ON contender.id = run.contender"
        " WHERE note.comparison = ? ORDER BY note.id",
        (comparison,),
    )
    notes = []
    for row, name, seed, repeat, fold, created, text, tags in rows:
        with reading(f"note {row}"):
            run = RunId(name, seed, FoldId(repeat, fold)) if name else None
            notes.append(Note(row, run, created, text, tuple(map(str, json.loads(tags)))))
    latest = {note.run: note.id for note in notes}
    return tuple(
        note
        for note in notes
        if (note.run is None or latest[note.run] == note.id) and (note.text or note.tags)
    )
