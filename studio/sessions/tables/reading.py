"""Reads histories, weights and examples from the tables."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from studio.core.errors import SessionError
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.events import (
    EpochRecord,
    ExecutionInfo,
    RunId,
    RunResult,
    Snapshot,
    TrainingMemory,
)
from studio.core.results.history import (
    Baseline,
    ComparisonHistory,
    ContenderHistory,
    FoldRecord,
    RunHistory,
    Status,
    TimedSteps,
)
from studio.core.results.record import StoredExample
from studio.core.specs.comparison_spec import ComparisonSpec, ContenderSpec
from studio.core.specs.fold_ids import FoldId
from studio.sessions.tables.damage import DamagedValueError, reading
from studio.sessions.tables.serialization import unpack_array, unpack_number, unpack_scores
from studio.sessions.tables.stored_spec import comparison_spec
from studio.sessions.tables.write_events import best_epoch, find_run


@dataclass(frozen=True)
class ComparisonSummary:
    """A comparison in brief.

    Attributes:
        id: Its number within the session.
        name: Its name.
        dataset_name: The dataset's name.
        created: When it started, ISO 8601, UTC.
        statuses: Number of its runs by status.
        spec: Its settings.
    """

    id: int
    name: str
    dataset_name: str
    created: str
    statuses: Mapping[Status, int]
    spec: ComparisonSpec

    @property
    def training_examples(self) -> int | None:
        """The reduced number of training examples, or None."""
        return self.spec.task.training_examples


def read_summaries(db: sqlite3.Connection) -> tuple[ComparisonSummary, ...]:
    """All comparisons in the order of their start."""
    rows = db.execute(
        "SELECT comparison.id, comparison.name, dataset.name, created, comparison.spec"
        " FROM comparison JOIN dataset ON dataset.id = comparison.dataset ORDER BY comparison.id"
    ).fetchall()
    count = (
        "SELECT status, count(*) FROM run JOIN contender ON contender.id = run.contender"
        " WHERE comparison = ? GROUP BY status"
    )
    summaries = []
    for row, name, dataset, created, spec in rows:
        with reading(f"settings of comparison {row}"):
            statuses = dict(db.execute(count, (row,)))
            summaries.append(
                ComparisonSummary(row, name, dataset, created, statuses, comparison_spec(spec))
            )
    return tuple(summaries)


def read_history(db: sqlite3.Connection, comparison: int) -> ComparisonHistory:
    """A comparison with all measurements so far.

    Raises:
        SessionError: There is no such comparison.
    """
    row = db.execute(
        "SELECT comparison.spec, dataset.name, environment FROM comparison"
        " JOIN dataset ON dataset.id = comparison.dataset WHERE comparison.id = ?",
        (comparison,),
    ).fetchone()
    if row is None:
        raise comparison_missing(comparison)
    with reading(f"settings of comparison {comparison}"):
        spec = comparison_spec(row[0])
        environment = {str(name): str(value) for name, value in json.loads(row[2]).items()}
    with reading(f"split of comparison {comparison}"):
        folds = read_folds(db, comparison)
        if not folds:
            raise DamagedValueError(f"the split of comparison {comparison} is missing")
        first, *further = folds
    return ComparisonHistory(
        spec=spec,
        dataset_name=row[1],
        part_sizes=first.part_sizes,
        preprocessing=first.preprocessing,
        test_truth=first.test_truth,
        test_positions=first.test_positions,
        contenders=tuple(_contender(db, comparison, contender) for contender in spec.contenders),
        baselines=first.baselines,
        environment=environment,
        further=tuple(further),
    )


def read_folds(db: sqlite3.Connection, comparison: int) -> tuple[FoldRecord, ...]:
    """All folds of a comparison, in order."""
    rows = db.execute(
        "SELECT repeat, fold, part_sizes, preparation, test_truth, test_positions FROM division"
        " WHERE comparison = ? ORDER BY repeat, fold",
        (comparison,),
    ).fetchall()
    return tuple(
        FoldRecord(
            fold_id=FoldId(repeat, fold),
            part_sizes=json.loads(sizes),
            preprocessing=Preprocessing.model_validate_json(preprocessing),
            test_truth=unpack_array(truth),
            test_positions=unpack_array(positions),
            baselines=_baselines(db, comparison, FoldId(repeat, fold)),
        )
        for repeat, fold, sizes, preprocessing, truth, positions in rows
    )


def comparison_missing(comparison: int) -> SessionError:
    """The error for a missing comparison."""
    return SessionError(
        f"the session has no comparison {comparison}", remedy="Choose one listed by `show`"
    )


def _contender(db: sqlite3.Connection, comparison: int, spec: ContenderSpec) -> ContenderHistory:
    with reading(f"contender {spec.name}"):
        found = db.execute(
            "SELECT id, parameters, macs FROM contender WHERE comparison = ? AND name = ?",
            (comparison, spec.name),
        ).fetchone()
        if found is None:
            raise DamagedValueError(f"contender {spec.name} is missing")
        row, parameters, macs = found
    rows = db.execute(
        "SELECT seed, repeat, fold, id FROM run WHERE contender = ? ORDER BY repeat, fold, seed",
        (row,),
    )
    runs = tuple(
        _run(db, RunId(spec.name, seed, FoldId(repeat, fold)), run)
        for seed, repeat, fold, run in rows.fetchall()
    )
    return ContenderHistory(spec, parameters, macs, runs)


def _run(db: sqlite3.Connection, run: RunId, row: int) -> RunHistory:
    status, reason, execution, memory = db.execute(
        "SELECT status, reason, served, memory FROM run WHERE id = ?", (row,)
    ).fetchone()
    with reading(str(run)):
        return RunHistory(
            run=run,
            status=status,
            reason=reason,
            execution=read_execution(execution),
            memory=TrainingMemory(**json.loads(memory)) if memory else None,
            epochs=_epochs(db, row),
            best_epoch=best_epoch(db, row),
            timings=_timings(db, row),
            result=_result(db, row),
        )


def read_execution(packed: str | None) -> ExecutionInfo | None:
    if not packed:
        return None
    fields = json.loads(packed)
    fields.pop("unequal", None)  # a sentence that 0.1.0 stored
    return ExecutionInfo(**fields)


def _epochs(db: sqlite3.Connection, run: int, first: int = 0) -> tuple[EpochRecord, ...]:
    rows = db.execute(
        "SELECT epoch, step, train_loss, validation_loss, scores, seconds, lr, gradient_norm,"
        " clipped FROM epoch WHERE run = ? AND epoch >= ? ORDER BY epoch",
        (run, first),
    )
    return tuple(_record(*row) for row in rows)


def _record(epoch: int, step: int, *numbers: Any) -> EpochRecord:  # noqa: ANN401 - columns
    train, validation, scores, seconds, lr, norm, clipped = numbers
    return EpochRecord(
        epoch=epoch,
        step=step,
        train_loss=float(train),
        validation_loss=unpack_number(validation),
        scores=unpack_scores(scores),
        seconds=float(seconds),
        lr=float(lr),
        gradient_norm=float(norm),
        clipped=float(clipped),
    )


def _timings(db: sqlite3.Connection, run: int) -> tuple[TimedSteps, ...]:
    rows = db.execute(
        "SELECT turn, position, warmup, seconds FROM step_timing WHERE run = ? ORDER BY id", (run,)
    )
    return tuple(
        TimedSteps(turn, position, unpack_array(packed)[warmup:])
        for turn, position, warmup, packed in rows
    )


def _result(db: sqlite3.Connection, run: int) -> RunResult | None:
    row = db.execute(
        "SELECT kept_epoch, answers, scores FROM test_result WHERE run = ?", (run,)
    ).fetchone()
    return RunResult(row[0], unpack_array(row[1]), unpack_scores(row[2])) if row else None


def _baselines(db: sqlite3.Connection, comparison: int, fold_id: FoldId) -> tuple[Baseline, ...]:
    rows = db.execute(
        "SELECT name, parameters, seconds, answers, scores, validation_scores, validation_loss"
        " FROM baseline WHERE comparison = ? AND repeat = ? AND fold = ? ORDER BY place",
        (comparison, *fold_id),
    )
    baselines = []
    for name, parameters, seconds, predictions, scores, validation, loss in rows:
        with reading(f"baseline {name}"):
            baselines.append(
                Baseline(
                    name,
                    parameters,
                    seconds,
                    unpack_array(predictions),
                    unpack_scores(scores),
                    unpack_scores(validation),
                    unpack_number(loss),
                )
            )
    return tuple(baselines)


def read_kept_epochs(db: sqlite3.Connection, comparison: int, run: RunId) -> tuple[int, ...]:
    """The epochs of a run whose weights are stored, in order."""
    row = find_run(db, comparison, run)
    rows = db.execute("SELECT epoch FROM checkpoint WHERE run = ? ORDER BY epoch", (row,))
    return tuple(epoch for (epoch,) in rows)


def read_weights(db: sqlite3.Connection, comparison: int, run: RunId, epoch: int) -> bytes:
    """The weights of a stored epoch, safetensors bytes.

    Raises:
        SessionError: There is no such run, or that epoch's weights are not stored.
    """
    row = db.execute(
        "SELECT weights FROM checkpoint WHERE run = ? AND epoch = ?",
        (find_run(db, comparison, run), epoch),
    ).fetchone()
    if row is None:
        stored = ", ".join(map(str, read_kept_epochs(db, comparison, run))) or "none yet"
        raise SessionError(
            f"the weights of epoch {epoch} are not stored",
            where=str(run),
            remedy=f"Choose a stored epoch: {stored}",
        )
    return cast("bytes", row[0])


def read_last_state(
    db: sqlite3.Connection, comparison: int, run: RunId
) -> tuple[EpochRecord, Snapshot] | None:
    """What a run needs to resume after its last finished epoch, or None before the first."""
    row = find_run(db, comparison, run)
    found = db.execute(
        "SELECT epoch, weights, state FROM run_state JOIN checkpoint USING (run, epoch)"
        " WHERE run = ?",
        (row,),
    ).fetchone()
    if found is None:
        return None
    epoch, weights, state = found
    with reading(f"last state of {run}"):
        return _epochs(db, row, first=epoch)[0], Snapshot(weights, state)


def read_examples(db: sqlite3.Connection, comparison: int) -> tuple[StoredExample, ...]:
    """The examples stored in the session, independent of the dataset."""
    rows = db.execute(
        "SELECT part, number, inputs, truth, position FROM kept_example"
        " WHERE comparison = ? ORDER BY place",
        (comparison,),
    )
    examples = []
    for part, number, inputs, truth, position in rows:
        with reading(f"stored {part} example {number}"):
            examples.append(
                StoredExample(part, number, unpack_array(inputs), unpack_array(truth), position)
            )
    return tuple(examples)
