"""Whether the parts of a stored comparison fit each other, as those that we write always do."""

import math
from collections.abc import Iterable

import numpy as np

from studio.core.arrays import Floats, Integers, Truth
from studio.core.prepared.chosen_loss import NUMBER_LOSSES
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.prepared.scaler import Scaler
from studio.core.results.events import ExecutionInfo, TrainingMemory
from studio.core.results.final_model import FinalModel
from studio.core.results.history import ComparisonHistory, FoldRecord, RunHistory
from studio.core.specs.fold_ids import FoldId
from studio.core.specs.settings import LAST_SEED
from studio.sessions.checks.loss_check import (
    has_valid_known_ahead,
    has_valid_loss,
    has_valid_steps,
)
from studio.sessions.tables.damage import DamagedValueError

_PARTS = {"training", "validation", "test"}
_LONGEST_STEPS = 2**40
_NATS, _NATS_AND_GUESS = 1, 2  # numbers that are kept of the prediction at each step


def checked_history(history: ComparisonHistory) -> ComparisonHistory:
    """The same history.

    Raises:
        DamagedValueError: Parts do not fit each other; analysis would fail on them.
    """
    wanted = history.spec.task.fold_ids
    _require(
        tuple(record.fold_id for record in history.folds[1:]) == wanted[1 : len(history.folds)],
        "its folds are not those of its settings",
    )
    names = [baseline.name for baseline in history.baselines]
    for record in history.folds:
        _require(
            [baseline.name for baseline in record.baselines] == names,
            "its folds have different baselines",
        )
        with_place = f"{record.fold_id}: " if record.fold_id != FoldId() else ""
        try:
            _check_fold(record)
        except DamagedValueError as error:
            raise DamagedValueError(f"split: {with_place}{error}") from error
    for contender in history.contenders:
        _require(
            contender.parameters >= 0 and contender.macs >= 0,
            f"contender {contender.name}: its size is negative",
        )
        for run in contender.runs:
            problem = run_problem(run, history)
            _require(not problem, f"{run.run}: {problem}")
    return history


def checked_models(models: tuple[FinalModel, ...]) -> tuple[FinalModel, ...]:
    """The same models trained on all data.

    Raises:
        DamagedValueError: Parts do not fit each other.
    """
    for model in models:
        try:
            _check_preprocessing(model.preprocessing)
            _check_execution(model.execution, None)
        except DamagedValueError as error:
            where = f"{model.contender} trained on all data, seed {model.seed}"
            raise DamagedValueError(f"{where}: {error}") from error
    return models


def run_problem(run: RunHistory, history: ComparisonHistory) -> str:
    """How a run does not fit its comparison, or ""."""
    try:
        _check_run(run, history)
    except DamagedValueError as error:
        return str(error)
    return ""


def _require(is_met: bool, problem: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not is_met:
        raise DamagedValueError(problem)


def _check_fold(record: FoldRecord) -> None:
    sizes, truth, preprocessing = record.part_sizes, record.test_truth, record.preprocessing
    _require(
        isinstance(sizes, dict)
        and set(sizes) == _PARTS
        and all(isinstance(size, int) and size >= 0 for size in sizes.values()),
        "the sizes of its sets are not whole numbers",
    )
    _require(len(truth.shape) > 0, "the test targets are not a list")
    _require(sizes["test"] == len(truth), "the test targets are not as many as its test examples")
    positions = record.test_positions
    _require(
        positions.shape == (len(truth),) and positions.dtype.kind in "iu",
        "the positions of the test examples do not fit them",
    )
    _check_preprocessing(preprocessing)
    _check_positions(positions, preprocessing)
    _check_targets(truth, preprocessing)
    for baseline in record.baselines:
        _check_predictions(baseline.predictions, truth, preprocessing, f"baseline {baseline.name}")
        _require(baseline.parameters >= 0, f"baseline {baseline.name}: its size is negative")


def _check_preprocessing(preprocessing: Preprocessing) -> None:
    targets = len(preprocessing.target_names)
    _check_scaler(preprocessing.input_scaler, "inputs")
    if preprocessing.target_scaler is not None:
        _check_scaler(preprocessing.target_scaler, "targets")
        _require(
            len(preprocessing.target_scaler.center) == targets,
            "the scaler of the targets has another number of channels",
        )
    _require(
        1 <= preprocessing.horizon <= _LONGEST_STEPS
        and 1 <= preprocessing.stride <= _LONGEST_STEPS
        and 0 <= preprocessing.min_length <= preprocessing.max_length <= _LONGEST_STEPS
        and (preprocessing.window is None or 1 <= preprocessing.window <= _LONGEST_STEPS)
        and (preprocessing.season is None or 1 <= preprocessing.season <= _LONGEST_STEPS),
        "a length or a horizon is out of range",
    )
    _require(preprocessing.output_size >= 1, "it has no outputs")
    values = preprocessing.kind in {"regress", "forecast", "track"}
    _require(
        values == (preprocessing.outcomes is None and preprocessing.kind != "next-step")
        and values == (preprocessing.loss in NUMBER_LOSSES)
        and values == (preprocessing.target_scaler is not None),
        "its targets do not fit its task",
    )
    _require(has_valid_loss(preprocessing), "the parameters of its loss are out of range")
    _require(has_valid_steps(preprocessing), "the washout or the past target is out of range")
    _require(
        has_valid_known_ahead(preprocessing), "what is known in advance or static is not an input"
    )
    errors = preprocessing.naive_error
    _require(errors is None or len(errors) == targets, "the naive errors do not fit the targets")
    _check_series(preprocessing, targets)


def _check_series(preprocessing: Preprocessing, targets: int) -> None:
    ends, errors = preprocessing.series_ends, preprocessing.series_naive_error
    scaling = preprocessing.series_scaling
    if errors is not None:
        _require(
            ends is not None
            and len(errors) >= len(ends)
            and all(len(row) == targets for row in errors),
            "the naive errors do not fit its series",
        )
    if scaling is None:
        return
    count = len(scaling.names)
    _require(
        ends is not None and len(ends) == count and len(scaling.fitted) == count,
        "the scalers of the series do not fit them",
    )
    for scaler, channels in (
        (scaling.inputs, len(preprocessing.input_scaler.center)),
        (scaling.targets, targets),
    ):
        rows = (*scaler.center, *scaler.scale)
        _require(
            len(scaler.center) == len(scaler.scale) == count + 1
            and all(len(row) == channels for row in rows)
            and all(value > 0 for row in scaler.scale for value in row),
            "the scalers of the series do not fit them",
        )


def _check_positions(positions: Integers, preprocessing: Preprocessing) -> None:
    """Where test examples come from has to lie within the series that are told apart."""
    ends = preprocessing.series_ends
    if ends is None or (
        preprocessing.series_naive_error is None and preprocessing.series_scaling is None
    ):
        return
    _require(list(ends) == sorted(ends) and len(ends) > 0, "the ends of its series go back")
    _require(
        not positions.size or (positions.min() >= 0 and positions.max() < ends[-1]),
        "the positions of the test examples lie outside its series",
    )


def _check_scaler(scaler: Scaler, what: str) -> None:
    _require(
        len(scaler.center) == len(scaler.scale)
        and all(map(math.isfinite, scaler.center))
        and all(math.isfinite(scale) and scale > 0 for scale in scaler.scale),
        f"the scaler of the {what} is not one",
    )


def _check_targets(truth: Truth, preprocessing: Preprocessing) -> None:
    if preprocessing.kind == "track":
        _require(
            truth.ndim == 3 and truth.shape[2] == preprocessing.value_size,  # noqa: PLR2004
            "the test targets are not numbers for each step",
        )
        return
    if preprocessing.per_step:
        _require(truth.ndim == 2, "the test targets are not one for each step")  # noqa: PLR2004
    elif preprocessing.outcomes is None:
        _require(
            truth.shape[1:] == (preprocessing.value_size,),
            "the test targets have another number of outputs",
        )
        return
    else:
        _require(truth.ndim == 1, "the test targets are not one class for each example")
    largest = _largest_class(preprocessing)
    if largest is not None and truth.size:
        lowest = -math.inf if preprocessing.per_step else 0
        _require(
            truth.dtype.kind in "iu" and lowest <= truth.min() and truth.max() <= largest,
            "the test targets name a class that there is not",
        )


def _largest_class(preprocessing: Preprocessing) -> int | None:
    outcomes = preprocessing.outcomes
    return None if outcomes is None else len(outcomes) - 1


def _check_predictions(
    predictions: Floats, truth: Truth, preprocessing: Preprocessing, what: str
) -> None:
    shapes: set[tuple[int, ...]] = {(len(truth), preprocessing.output_size)}
    if preprocessing.kind == "track":
        shapes = {(*truth.shape[:2], preprocessing.stored_size)}
    elif preprocessing.per_step:
        shapes = {(*truth.shape, _NATS_AND_GUESS)}
        if preprocessing.outcomes is None:  # several outputs at once have no likeliest one
            shapes.add((*truth.shape, _NATS))
    _require(
        predictions.shape in shapes and predictions.dtype.kind == "f",
        f"{what}: its predictions do not fit the test set",
    )


def _check_run(run: RunHistory, history: ComparisonHistory) -> None:
    _require(0 <= run.run.seed <= LAST_SEED, f"the seed {run.run.seed} is out of range")
    record = next((fold for fold in history.folds if fold.fold_id == run.run.fold_id), None)
    _require(
        record is not None or run.run.fold_id in history.spec.task.fold_ids,
        "it belongs to a fold that there is not",
    )
    numbers = [epoch.epoch for epoch in run.epochs]
    _require(
        all(number >= 0 for number in numbers) and numbers == sorted(set(numbers)),
        "its epochs are not in order",
    )
    steps = [epoch.step for epoch in run.epochs]
    _require(min(steps, default=0) >= 0 and steps == sorted(steps), "its steps go back")
    _check_execution(run.execution, run.memory)
    for timing in run.timings:
        seconds = timing.seconds
        _require(
            seconds.ndim == 1
            and seconds.dtype.kind == "f"
            and bool(np.isfinite(seconds).all())
            and timing.turn >= 0,
            "its step times are not numbers",
        )
    if run.result is not None:
        _require(record is not None, "it has a result on a fold without a test set")
        if record is not None:
            predictions = run.result.predictions
            _check_predictions(predictions, record.test_truth, record.preprocessing, "test result")
            _require(  # a run whose outputs are not numbers fails, and has no result
                bool(np.isfinite(predictions).all()), "its predictions are not numbers"
            )


def _check_execution(execution: ExecutionInfo | None, memory: TrainingMemory | None) -> None:
    if execution is not None:
        texts: Iterable[object] = (
            execution.engine,
            execution.device,
            execution.allocator,
            execution.note,
        )
        _require(
            all(isinstance(text, str) for text in texts) and isinstance(execution.threads, int),
            "what it was computed with is not text",
        )
    if memory is not None:
        sizes = (memory.weights, memory.gradients, memory.optimizer, memory.activations)
        peak = 0 if memory.device_peak is None else memory.device_peak
        _require(
            all(isinstance(size, int) and size >= 0 for size in (*sizes, peak)),
            "its memory is not a number of bytes",
        )
