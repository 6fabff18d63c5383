"""What people write beside a comparison or a run."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from studio.core.division import Division
from studio.core.events import RunId
from studio.sessions.packing import pack_json
from studio.sessions.writing import find_run, now


@dataclass(frozen=True)
class Note:
    """A note on a run, or on a whole comparison where run is None.

    Attributes:
        id: Its number within the session.
        run: The run, or None.
        created: When it was written, ISO 8601, UTC.
        text: What it says.
        tags: Words to find it by.
    """

    id: int
    run: RunId | None
    created: str
    text: str
    tags: tuple[str, ...]

    def __str__(self) -> str:
        """As a report says it: "GRU, seed 2: looks odd (check, slow)"."""
        about = "" if self.run is None else f"{self.run}: "
        tags = f" ({', '.join(self.tags)})" if self.tags else ""
        return f"{about}{self.text}{tags}"


def write_note(
    db: sqlite3.Connection, comparison: int, run: RunId | None, text: str, tags: Sequence[str]
) -> None:
    """Adds a note."""
    row = None if run is None else find_run(db, comparison, run)
    db.execute(
        "INSERT INTO note (comparison, run, created, text, tags) VALUES (?, ?, ?, ?, ?)",
        (comparison, row, now(), text, pack_json(list(tags))),
    )


def read_notes(db: sqlite3.Connection, comparison: int) -> tuple[Note, ...]:
    """The notes of a comparison, the oldest first.

    A later note on a run takes the place of the earlier ones; an empty one takes it away.
    """
    rows = db.execute(
        "SELECT note.id, name, seed, repeat, fold, created, text, tags FROM note"
        " LEFT JOIN run ON run.id = note.run LEFT JOIN contender ON contender.id = run.contender"
        " WHERE note.comparison = ? ORDER BY note.id",
        (comparison,),
    )
    every = [
        Note(
            row,
            RunId(name, seed, Division(repeat, fold)) if name else None,
            created,
            text,
            tuple(json.loads(tags)),
        )
        for row, name, seed, repeat, fold, created, text, tags in rows
    ]
    newest = {note.run: note.id for note in every}
    return tuple(
        note
        for note in every
        if (note.run is None or newest[note.run] == note.id) and (note.text or note.tags)
    )
