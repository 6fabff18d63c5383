"""Synthetic comparisons whose errors are known."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from studio.core.prepared.preprocessing import Preprocessing
from studio.core.prepared.scaler import Scaler
from studio.core.results.events import EpochRecord, ExecutionInfo, RunId, RunResult, TrainingMemory
from studio.core.results.history import (
    Baseline,
    ComparisonHistory,
    ContenderHistory,
    RunHistory,
    Status,
    TimedSteps,
)
from studio.core.results.metrics import metrics_of
from studio.core.specs.comparison_spec import (
    ComparisonSpec,
    ContenderSpec,
    GeneratedDataset,
    TrainingSpec,
)

SERVED = ExecutionInfo("fused", "cpu", 2, "glibc")
MEMORY = {"gru": TrainingMemory(30, 30, 60, 900), "lstm": TrainingMemory(40, 40, 80, 1200)}
CELLS = ("gru", "lstm", "rnn")


def numbers(window: int | None = None, horizon: int = 1, unit: str = "°C") -> Preprocessing:
    """A task with one target."""
    scaler = Scaler.identity(1)
    return Preprocessing(
        kind="regress" if window is None else "forecast",
        input_names=("temperature",),
        input_units=(unit,),
        input_scaler=scaler,
        target_names=("temperature",),
        target_units=(unit,),
        target_scaler=scaler,
        window=window,
        horizon=horizon,
        min_length=window or 5,
        max_length=window or 5,
    )


def classes(count: int = 2) -> Preprocessing:
    return Preprocessing(
        kind="classify",
        input_names=("x",),
        input_units=("",),
        input_scaler=Scaler.identity(1),
        target_names=("label",),
        target_units=("",),
        class_names=tuple("abcdefgh"[:count]),
        min_length=5,
        max_length=5,
    )


def history_of(
    predictions: Mapping[str, np.ndarray],
    truth: np.ndarray,
    preprocessing: Preprocessing | None = None,
    baselines: Mapping[str, np.ndarray] | None = None,
    margin: float | None = None,
) -> ComparisonHistory:
    """A finished comparison.

    Args:
        predictions: By cell, (seeds, examples, outputs).
        truth: As in Examples.
        preprocessing: The task; one target where left out.
        baselines: Answers by name, (examples, outputs).
        margin: The user's margin.
    """
    preprocessing = preprocessing or numbers()
    seeds = len(next(iter(predictions.values())))
    spec = ComparisonSpec(
        dataset=GeneratedDataset(generator="adding"),
        contenders=tuple(ContenderSpec(cell=cell) for cell in predictions),
        training=TrainingSpec(seeds=seeds),
        margin=margin,
    )
    return ComparisonHistory(
        spec=spec,
        dataset_name="weather",
        part_sizes={"training": 100, "validation": 10, "test": len(truth)},
        preprocessing=preprocessing,
        test_truth=truth,
        test_positions=np.arange(len(truth)),
        contenders=tuple(
            _contender(each, given, truth, preprocessing)
            for each, given in zip(spec.contenders, predictions.values(), strict=True)
        ),
        baselines=tuple(
            _baseline(name, given.astype(np.float32), truth, preprocessing)
            for name, given in (baselines or {}).items()
        ),
        environment={"torch": "2.9", "python": "3.11", "threads": "2", "allocator": "glibc"},
    )


def _contender(
    spec: ContenderSpec, predictions: np.ndarray, truth: np.ndarray, preprocessing: Preprocessing
) -> ContenderHistory:
    runs = tuple(
        RunHistory(
            run=RunId(spec.name, seed),
            status="finished",
            reason="",
            execution=SERVED,
            memory=MEMORY.get(spec.cell),
            epochs=tuple(epoch(n) for n in (1, 2)),
            best_epoch=2,
            timings=(),
            result=RunResult(2, given.astype(np.float32), scores(given, truth, preprocessing)),
        )
        for seed, given in enumerate(predictions, start=1)
    )
    return ContenderHistory(spec, 3000 + len(spec.cell), 9000, runs)


def scores(given: np.ndarray, truth: np.ndarray, preprocessing: Preprocessing) -> dict[str, float]:
    return {m.name: m.score(given, truth, preprocessing) for m in metrics_of(preprocessing)}


def _baseline(
    name: str, given: np.ndarray, truth: np.ndarray, preprocessing: Preprocessing
) -> Baseline:
    found = scores(given, truth, preprocessing)
    return Baseline(name, 0, 0.1, given, found, found, 0.5)


def epoch(number: int) -> EpochRecord:
    return EpochRecord(
        epoch=number,
        step=10 * number,
        train_loss=1 / number,
        validation_loss=None,
        scores={"rmse": 1.5},
        seconds=0.5 * number,
        lr=0.003,
        gradient_norm=1.0,
        clipped=0.0,
    )


def with_errors(
    errors: Mapping[str, np.ndarray],
    *,
    baselines: Mapping[str, np.ndarray] | None = None,
    preprocessing: Preprocessing | None = None,
    margin: float | None = None,
) -> ComparisonHistory:
    """A comparison whose predictions miss the truth by known errors, (seeds, examples) by cell."""
    examples = next(iter(errors.values())).shape[1]
    truth = np.zeros((examples, 1), dtype=np.float32)
    return history_of(
        {cell: each[:, :, None] for cell, each in errors.items()},
        truth,
        preprocessing,
        {name: each[:, None] for name, each in (baselines or {}).items()},
        margin,
    )


def with_status(
    history: ComparisonHistory, contender: str, seed: int, status: Status, reason: str = ""
) -> ComparisonHistory:
    """The same comparison with one run that did not finish."""

    def change(run: RunHistory) -> RunHistory:
        if run.run != RunId(contender, seed):
            return run
        return replace(run, status=status, reason=reason, result=None)

    return _with_runs(history, change)


def with_timings(
    history: ComparisonHistory, milliseconds: Mapping[str, Sequence[float] | np.ndarray]
) -> ComparisonHistory:
    """The same comparison with step times by contender's name.

    One value per turn, the same in all runs, or an array (runs, turns).
    """

    def change(run: RunHistory) -> RunHistory:
        times = np.asarray(milliseconds[run.run.contender])
        own = times[run.run.seed - 1] if times.ndim > 1 else times
        timings = tuple(
            TimedSteps(turn, turn % 2, np.full(9, value / 1000, dtype=np.float32))
            for turn, value in enumerate(own)
        )
        return replace(run, timings=timings)

    return _with_runs(history, change)


def _with_runs(history: ComparisonHistory, change: object) -> ComparisonHistory:
    contenders = tuple(
        replace(contender, runs=tuple(change(run) for run in contender.runs))
        for contender in history.contenders
    )
    return replace(history, contenders=contenders)
