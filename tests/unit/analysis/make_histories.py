"""Synthetic comparisons whose errors are known."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from studio.core.events import EpochRecord, RunId, RunResult, Served, TrainingMemory
from studio.core.history import (
    Baseline,
    ComparisonHistory,
    ContenderHistory,
    RunHistory,
    Status,
    TimedSteps,
)
from studio.core.metrics import metrics_of
from studio.core.preparation import Preparation, Scaler
from studio.core.spec import (
    ComparisonSpec,
    ContenderSpec,
    GeneratedDataset,
    TrainingSpec,
)

SERVED = Served("fused", "cpu", 2, "glibc")
MEMORY = {"gru": TrainingMemory(30, 30, 60, 900), "lstm": TrainingMemory(40, 40, 80, 1200)}
CELLS = ("gru", "lstm", "rnn")


def numbers(window: int | None = None, horizon: int = 1, unit: str = "°C") -> Preparation:
    """A task with one target."""
    scaler = Scaler.identity(1)
    return Preparation(
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


def classes(count: int = 2) -> Preparation:
    return Preparation(
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
    answers: Mapping[str, np.ndarray],
    truth: np.ndarray,
    preparation: Preparation | None = None,
    baselines: Mapping[str, np.ndarray] | None = None,
    margin: float | None = None,
) -> ComparisonHistory:
    """A finished comparison.

    Args:
        answers: By cell, (seeds, examples, outputs).
        truth: As in Examples.
        preparation: The task; one target where left out.
        baselines: Answers by name, (examples, outputs).
        margin: The user's margin.
    """
    preparation = preparation or numbers()
    seeds = len(next(iter(answers.values())))
    spec = ComparisonSpec(
        dataset=GeneratedDataset(generator="adding"),
        contenders=tuple(ContenderSpec(cell=cell) for cell in answers),
        training=TrainingSpec(seeds=seeds),
        margin=margin,
    )
    return ComparisonHistory(
        spec=spec,
        dataset_name="weather",
        part_sizes={"training": 100, "validation": 10, "test": len(truth)},
        preparation=preparation,
        test_truth=truth,
        test_positions=np.arange(len(truth)),
        contenders=tuple(
            _contender(each, given, truth, preparation)
            for each, given in zip(spec.contenders, answers.values(), strict=True)
        ),
        baselines=tuple(
            _baseline(name, given.astype(np.float32), truth, preparation)
            for name, given in (baselines or {}).items()
        ),
        environment={"torch": "2.9", "python": "3.11", "threads": "2", "allocator": "glibc"},
    )


def _contender(
    spec: ContenderSpec, answers: np.ndarray, truth: np.ndarray, preparation: Preparation
) -> ContenderHistory:
    runs = tuple(
        RunHistory(
            run=RunId(spec.name, seed),
            status="finished",
            reason="",
            served=SERVED,
            memory=MEMORY.get(spec.cell),
            epochs=tuple(epoch(n) for n in (1, 2)),
            best_epoch=2,
            timings=(),
            result=RunResult(2, given.astype(np.float32), scores(given, truth, preparation)),
        )
        for seed, given in enumerate(answers, start=1)
    )
    return ContenderHistory(spec, 3000 + len(spec.cell), 9000, runs)


def scores(given: np.ndarray, truth: np.ndarray, preparation: Preparation) -> dict[str, float]:
    return {m.name: m.score(given, truth, preparation) for m in metrics_of(preparation)}


def _baseline(
    name: str, given: np.ndarray, truth: np.ndarray, preparation: Preparation
) -> Baseline:
    found = scores(given, truth, preparation)
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
    preparation: Preparation | None = None,
    margin: float | None = None,
) -> ComparisonHistory:
    """A comparison whose answers miss the truth by known errors, (seeds, examples) by cell."""
    examples = next(iter(errors.values())).shape[1]
    truth = np.zeros((examples, 1), dtype=np.float32)
    return history_of(
        {cell: each[:, :, None] for cell, each in errors.items()},
        truth,
        preparation,
        {name: each[:, None] for name, each in (baselines or {}).items()},
        margin,
    )


def with_status(
    history: ComparisonHistory, contender: str, seed: int, status: Status, reason: str = ""
) -> ComparisonHistory:
    """The same comparison with one run that did not end by itself."""

    def change(run: RunHistory) -> RunHistory:
        if run.run != RunId(contender, seed):
            return run
        return replace(run, status=status, reason=reason, result=None)

    return _with_runs(history, change)


def with_timings(
    history: ComparisonHistory, milliseconds: Mapping[str, Sequence[float]]
) -> ComparisonHistory:
    """The same comparison with step times: one figure for each turn, by contender's name."""

    def change(run: RunHistory) -> RunHistory:
        timings = tuple(
            TimedSteps(turn, turn % 2, np.full(9, value / 1000, dtype=np.float32))
            for turn, value in enumerate(milliseconds[run.run.contender])
        )
        return replace(run, timings=timings)

    return _with_runs(history, change)


def _with_runs(history: ComparisonHistory, change: object) -> ComparisonHistory:
    contenders = tuple(
        replace(each, runs=tuple(change(run) for run in each.runs)) for each in history.contenders
    )
    return replace(history, contenders=contenders)
