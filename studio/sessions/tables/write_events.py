"""Writes the events of a comparison into the tables."""

import sqlite3
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from functools import singledispatch
from typing import cast

from studio.core.errors import SessionError
from studio.core.results.events import (
    EpochFinished,
    EpochRecord,
    GatesTraced,
    RunEvent,
    RunFailed,
    RunFinished,
    RunId,
    RunResult,
    RunStarted,
    RunStopped,
    Snapshot,
    StepsTimed,
)
from studio.sessions.tables.checkpoint_retention import epochs_to_keep
from studio.sessions.tables.serialization import (
    pack_array,
    pack_json,
    pack_number,
    pack_scores,
    unpack_array,
)


def now() -> str:
    """The current time as stored: ISO 8601, UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def find_run(db: sqlite3.Connection, comparison: int, run: RunId) -> int:
    """The row of a run.

    Raises:
        SessionError: The comparison has no such run.
    """
    row = db.execute(
        "SELECT run.id FROM run JOIN contender ON contender.id = run.contender"
        " WHERE comparison = ? AND name = ? AND seed = ? AND repeat = ? AND fold = ?",
        (comparison, run.contender, run.seed, *run.fold_id),
    ).fetchone()
    if row is None:
        raise SessionError(
            "the session has no such run", where=str(run), remedy="Choose one that `show` lists"
        )
    return cast("int", row[0])


def write_events(
    db: sqlite3.Connection, comparison: int, events: Iterable[RunEvent], budget: int
) -> None:
    """Writes events in order, within the caller's transaction.

    Args:
        db: The connection.
        comparison: The row of the comparison.
        events: The events.
        budget: Bytes of weights to keep for each run.

    Raises:
        SessionError: An event is about a run that the comparison does not have.
    """
    for event in events:
        if isinstance(event, GatesTraced):
            continue
        run = find_run(db, comparison, event.run)
        _write(event, db, run)
        if isinstance(event, EpochFinished):
            _drop_old_weights(db, run, budget)


@singledispatch
def _write(event: object, db: sqlite3.Connection, run: int) -> None:
    raise TypeError(f"{type(event).__name__} is not written, run {run} of {db}")


@_write.register
def _started(event: RunStarted, db: sqlite3.Connection, run: int) -> None:
    _remove_from(db, run, event.first_epoch)
    db.execute(
        "UPDATE run SET status = 'running', reason = '', remedy = '', served = ?, memory = ?"
        " WHERE id = ?",
        (pack_json(asdict(event.execution)), pack_json(asdict(event.memory)), run),
    )
    if event.untrained is not None:
        _write_weights(db, run, 0, event.untrained)


def _remove_from(db: sqlite3.Connection, run: int, first_epoch: int) -> None:
    """Removes leftovers of a lost turn: everything from an epoch on."""
    first = first_epoch if first_epoch > 1 else 0
    db.execute("DELETE FROM test_result WHERE run = ?", (run,))
    db.execute("DELETE FROM run_state WHERE run = ? AND epoch >= ?", (run, first))
    db.execute("DELETE FROM checkpoint WHERE run = ? AND epoch >= ?", (run, first))
    db.execute("DELETE FROM epoch WHERE run = ? AND epoch >= ?", (run, first))
    (steps,) = db.execute("SELECT max(step) FROM epoch WHERE run = ?", (run,)).fetchone()
    _remove_steps(db, run, steps or 0)


def _remove_steps(db: sqlite3.Connection, run: int, steps: int) -> None:
    db.execute("DELETE FROM step_timing WHERE run = ? AND first_step >= ?", (run, steps))
    last = db.execute(
        "SELECT id, first_step, seconds FROM step_timing WHERE run = ?"
        " ORDER BY first_step DESC LIMIT 1",
        (run,),
    ).fetchone()
    if last is not None:
        row, first_step, packed = last
        kept = unpack_array(packed)[: steps - first_step]
        db.execute("UPDATE step_timing SET seconds = ? WHERE id = ?", (pack_array(kept), row))


@_write.register
def _timed(event: StepsTimed, db: sqlite3.Connection, run: int) -> None:
    db.execute(
        "INSERT INTO step_timing (run, turn, position, first_step, warmup, seconds)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            run,
            event.turn,
            event.position,
            event.first_step,
            event.warmup,
            pack_array(event.seconds),
        ),
    )


@_write.register
def _epoch(event: EpochFinished, db: sqlite3.Connection, run: int) -> None:
    db.execute(
        "INSERT OR REPLACE INTO epoch VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (run, *_epoch_columns(event.record), int(event.best)),
    )
    epoch = event.record.epoch
    _write_weights(db, run, epoch, event.snapshot)
    db.execute(
        "INSERT OR REPLACE INTO run_state VALUES (?, ?, ?)", (run, epoch, event.snapshot.state)
    )


def _epoch_columns(record: EpochRecord) -> tuple[object, ...]:
    return (
        record.epoch,
        record.step,
        pack_number(record.train_loss),
        pack_number(record.validation_loss),
        pack_scores(record.scores),
        pack_number(record.seconds),
        pack_number(record.lr),
        pack_number(record.gradient_norm),
        pack_number(record.clipped),
    )


def _write_weights(db: sqlite3.Connection, run: int, epoch: int, snapshot: Snapshot) -> None:
    db.execute(
        "INSERT INTO checkpoint VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET size = excluded.size, weights = excluded.weights",
        (run, epoch, len(snapshot.weights), snapshot.weights),
    )


def _drop_old_weights(db: sqlite3.Connection, run: int, budget: int) -> None:
    sizes = dict(db.execute("SELECT epoch, size FROM checkpoint WHERE run = ?", (run,)))
    kept = epochs_to_keep(sizes, best_epoch(db, run), budget)
    dropped = [(run, epoch) for epoch in sizes if epoch not in kept]
    db.executemany("DELETE FROM checkpoint WHERE run = ? AND epoch = ?", dropped)


def best_epoch(db: sqlite3.Connection, run: int) -> int | None:
    """The last epoch that was the best of its run, or None before the first."""
    (epoch,) = db.execute(
        "SELECT max(epoch) FROM epoch WHERE run = ? AND best = 1", (run,)
    ).fetchone()
    return cast("int | None", epoch)


@_write.register
def _finished(event: RunFinished, db: sqlite3.Connection, run: int) -> None:
    db.execute("UPDATE run SET status = ? WHERE id = ?", (event.reason, run))
    _write_result(db, run, event.result)


@_write.register
def _stopped(event: RunStopped, db: sqlite3.Connection, run: int) -> None:
    db.execute("UPDATE run SET status = 'stopped' WHERE id = ?", (run,))
    if event.result is not None:
        _write_result(db, run, event.result)


def _write_result(db: sqlite3.Connection, run: int, result: RunResult) -> None:
    db.execute(
        "INSERT OR REPLACE INTO test_result VALUES (?, ?, ?, ?)",
        (run, result.kept_epoch, pack_array(result.predictions), pack_scores(result.scores)),
    )


@_write.register
def _failed(event: RunFailed, db: sqlite3.Connection, run: int) -> None:
    db.execute(
        "UPDATE run SET status = 'failed', reason = ?, remedy = ? WHERE id = ?",
        (event.reason, event.remedy, run),
    )
