"""Makes a valid session of rows of which some are missing."""

import sqlite3
from collections import Counter
from dataclasses import dataclass, field

from studio.core.results.events import RunId
from studio.core.results.history import ENDED, ComparisonHistory, RunHistory
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.core.specs.fold_ids import FoldId
from studio.sessions.checks.consistency import checked_history, run_problem
from studio.sessions.recovery.findings import LABELS, ComparisonFindings, SessionFindings
from studio.sessions.tables.add_seeds import write_spec
from studio.sessions.tables.damage import DamagedValueError, problem_of
from studio.sessions.tables.dataset_records import read_dataset
from studio.sessions.tables.notes import read_notes
from studio.sessions.tables.reading import read_examples, read_folds, read_history
from studio.sessions.tables.serialization import pack_json
from studio.sessions.tables.stored_spec import comparison_spec


@dataclass
class _Losses:
    """What of a comparison is lost.

    Attributes:
        repaired: What was filled in, or taken out, so that it can be read.
        gaps: What is simply not there.
    """

    repaired: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)


def repair(db: sqlite3.Connection, findings: SessionFindings) -> None:
    """Removes what belongs to something lost, and fills in what the settings say.

    Args:
        db: All rows that could be read, in the tables of the current version.
        findings: Gets the comparisons that can be read, with their losses.
    """
    before = Counter(dict(_counts(db)))
    rebuilt = _rebuild_datasets(db)
    _remove_dangling(db)
    comparisons = []
    for number, name in db.execute("SELECT id, name FROM comparison ORDER BY id").fetchall():
        losses = _Losses(["the record of its dataset"] if number in rebuilt else [])
        try:
            history = _repair_comparison(db, number, losses)
        except Exception as error:  # noqa: BLE001 - a stranger's values, whatever is wrong
            findings.problems.append(f"Comparison {number}, {name}: {problem_of(error)}")
            _remove_comparison(db, number)
            continue
        runs = [run for contender in history.contenders for run in contender.runs]
        finished = sum(run.result is not None for run in runs)
        comparisons.append(
            ComparisonFindings(
                number, name, finished, len(runs), tuple(losses.repaired), tuple(losses.gaps)
            )
        )
    _remove_unused_datasets(db)
    after = dict(_counts(db))
    for table in LABELS:
        findings.tables[table].removed = max(0, before[table] - after[table])
    findings.comparisons = tuple(comparisons)


def _counts(db: sqlite3.Connection) -> list[tuple[str, int]]:
    return [(table, db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]) for table in LABELS]


def _rebuild_datasets(db: sqlite3.Connection) -> set[int]:
    """How a dataset was read stands in the settings of its comparisons too."""
    rows = db.execute(
        "SELECT id, dataset, spec FROM comparison"
        " WHERE dataset NOT IN (SELECT id FROM dataset) ORDER BY id"
    ).fetchall()
    rebuilt = set()
    for comparison, dataset, text in rows:
        spec = comparison_spec(text)
        db.execute(
            "INSERT OR IGNORE INTO dataset (id, name, spec, schema) VALUES (?, ?, ?, ?)",
            (dataset, spec.name or "dataset", spec.dataset.model_dump_json(), pack_json({})),
        )
        rebuilt.add(comparison)
    return rebuilt


def _remove_dangling(db: sqlite3.Connection) -> None:
    """Rows whose run, contender or comparison is gone, and what belongs to them in turn."""
    while dangling := db.execute("PRAGMA foreign_key_check").fetchall():
        for table, row in {(table, row) for table, row, *_ in dangling}:
            db.execute(f"DELETE FROM {table} WHERE rowid = ?", (row,))


def _remove_comparison(db: sqlite3.Connection, number: int) -> None:
    db.execute("DELETE FROM comparison WHERE id = ?", (number,))
    _remove_dangling(db)


def _remove_unused_datasets(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM dataset WHERE id NOT IN (SELECT dataset FROM comparison)")
    _remove_dangling(db)


def _repair_comparison(db: sqlite3.Connection, number: int, losses: _Losses) -> ComparisonHistory:
    """The comparison as the real readers read it; raises where it cannot be read at all."""
    (text,) = db.execute("SELECT spec FROM comparison WHERE id = ?", (number,)).fetchone()
    spec = _without_lost_contenders(db, number, comparison_spec(text), losses)
    stored = {record.fold_id for record in read_folds(db, number)}
    if set(spec.task.fold_ids) - stored:
        raise DamagedValueError("its split of the data is lost, without which no result counts")
    _repair_runs(db, number, losses)
    _add_waiting_runs(db, number, spec, losses)
    history = checked_history(read_history(db, number))
    read_examples(db, number)
    read_dataset(db, number)
    read_notes(db, number)
    return history


def _without_lost_contenders(
    db: sqlite3.Connection, number: int, spec: ComparisonSpec, losses: _Losses
) -> ComparisonSpec:
    rows = db.execute("SELECT name FROM contender WHERE comparison = ?", (number,)).fetchall()
    names = {name for (name,) in rows}
    kept = tuple(contender for contender in spec.contenders if contender.name in names)
    if not kept:
        raise DamagedValueError("its contenders are lost")
    if len(kept) == len(spec.contenders):
        return spec
    lost = [contender.name for contender in spec.contenders if contender.name not in names]
    losses.repaired.append(f"the contender {', '.join(lost)}")
    changed = spec.model_copy(update={"contenders": kept})
    write_spec(db, number, changed)
    return changed


def _repair_runs(db: sqlite3.Connection, number: int, losses: _Losses) -> None:
    """Takes away results and states that do not belong to what is left of a run."""
    history = read_history(db, number)
    for contender in history.contenders:
        for run in contender.runs:
            row = _row_of(db, number, run.run)
            problem = run_problem(run, history)
            if problem:
                losses.repaired.append(f"the run {run.run} ({problem})")
                db.execute("DELETE FROM run WHERE id = ?", (row,))
                _remove_dangling(db)
            else:
                _repair_run(db, row, run, losses)


def _repair_run(db: sqlite3.Connection, row: int, run: RunHistory, losses: _Losses) -> None:
    if run.result is not None and not run.epochs:
        losses.repaired.append(f"the test result of {run.run}, whose epochs are lost")
        db.execute("DELETE FROM test_result WHERE run = ?", (row,))
    has_result = run.result is not None and bool(run.epochs)
    if run.status in ENDED and not has_result:
        losses.repaired.append(f"the end of {run.run}, which can be trained again")
        db.execute("UPDATE run SET status = 'stopped' WHERE id = ?", (row,))
    (has_state,) = db.execute(
        "SELECT count(*) FROM run_state JOIN epoch USING (run, epoch) WHERE run = ?", (row,)
    ).fetchone()
    (has_best,) = db.execute(
        "SELECT count(*) FROM checkpoint WHERE run = ? AND epoch = ?", (row, run.best_epoch)
    ).fetchone()
    if not has_state:  # of an epoch that is lost
        db.execute("DELETE FROM run_state WHERE run = ?", (row,))
    if run.best_epoch is not None and not has_best:
        losses.gaps.append(f"the weights of the best epoch of {run.run}")
    if has_result and run.status in ENDED:
        return
    if run.epochs and not (has_state and has_best):
        losses.gaps.append(f"where {run.run} had got to; it is trained again from its start")
        db.execute("DELETE FROM run_state WHERE run = ?", (row,))


def _row_of(db: sqlite3.Connection, number: int, run: RunId) -> int:
    row: int = db.execute(
        "SELECT run.id FROM run JOIN contender ON contender.id = run.contender"
        " WHERE comparison = ? AND name = ? AND seed = ? AND repeat = ? AND fold = ?",
        (number, run.contender, run.seed, *run.fold_id),
    ).fetchone()[0]
    return row


def _add_waiting_runs(
    db: sqlite3.Connection, number: int, spec: ComparisonSpec, losses: _Losses
) -> None:
    """Runs that the settings ask for and of which nothing is left."""
    contenders = db.execute(
        "SELECT id, name FROM contender WHERE comparison = ?", (number,)
    ).fetchall()
    names = {contender.name for contender in spec.contenders}
    for contender, name in contenders:
        if name not in names:
            continue
        rows = db.execute("SELECT seed, repeat, fold FROM run WHERE contender = ?", (contender,))
        stored = set(rows.fetchall())
        for fold_id in spec.task.fold_ids:
            for seed in spec.training.seed_list:
                if (seed, *fold_id) in stored:
                    continue
                db.execute(
                    "INSERT INTO run (contender, seed, repeat, fold) VALUES (?, ?, ?, ?)",
                    (contender, seed, *fold_id),
                )
                run = RunId(name, seed, FoldId(*fold_id))
                if not any(str(run) in loss for loss in losses.repaired):
                    losses.repaired.append(f"the run {run}, which can be trained again")
