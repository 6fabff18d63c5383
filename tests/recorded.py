"""What a session that is being written has recorded so far."""

import sqlite3
import time
from pathlib import Path
from typing import Any


def losses(home: Path, session: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(home / session) as db:
        return db.execute(
            "SELECT contender, seed, epoch, train_loss, validation_loss, best FROM epoch"
            " JOIN run ON run.id = epoch.run ORDER BY contender, seed, epoch"
        ).fetchall()


def wait_for_epochs(path: Path, count: int, process: Any) -> None:  # noqa: ANN401 - a child
    for _ in range(1200):
        assert process.poll() is None, process.stderr.read()
        if path.exists():
            with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
                try:
                    [[done]] = db.execute("SELECT count(*) FROM epoch").fetchall()
                except sqlite3.OperationalError:
                    done = 0
            if done >= count:
                return
        time.sleep(0.05)
    raise AssertionError("no epoch was recorded within a minute")
