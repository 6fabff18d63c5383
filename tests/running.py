"""Whole small comparisons for tests of runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from studio.core.results.events import ComparisonEnded, Event
from studio.core.results.history import ComparisonHistory
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.core.specs.experiment import parse_comparison
from studio.runs.execution.compute import ComputeThread
from studio.runs.planning.plan import make_plan
from studio.runs.workspace import RunningComparison, Workspace

PATIENCE_SECONDS = 60
ENVIRONMENT = {"torch": "any", "cpu": "any", "threads": "1"}


def small_spec(**training: Any) -> ComparisonSpec:  # noqa: ANN401 - a field of any type
    """GRU against LSTM on 120 short sequences of the adding problem, with dropout."""
    return parse_comparison(
        {
            "dataset": {
                "source": "generated",
                "generator": "adding",
                "parameters": {"length": 8, "examples": 120},
            },
            "contenders": [
                {"cell": "gru", "hidden_size": 5, "num_layers": 2, "dropout": 0.3},
                {"cell": "lstm", "hidden_size": 5, "num_layers": 2, "dropout": 0.3},
            ],
            "training": {"epochs": 4, "seeds": 2, "batch_size": 16, **training},
            "machine": {"device": "cpu", "threads": 1},
        },
        "test",
    )


@contextmanager
def workspace(path: Path) -> Iterator[Workspace]:
    """A new session at path, or the one that is there, at work."""
    locks = path.parent / "locks"
    with ComputeThread() as compute:
        make = Workspace.open if path.exists() else Workspace.create
        with make(path, locks, compute) as opened:
            yield opened


def events_until_end(events: "SimpleQueue[Event]") -> list[Event]:
    """All events up to the end of the comparison."""
    seen = [events.get(timeout=PATIENCE_SECONDS)]
    while not isinstance(seen[-1], ComparisonEnded):
        seen.append(events.get(timeout=PATIENCE_SECONDS))
    return seen


def begin(work: Workspace, spec: ComparisonSpec, *, embed: bool = True) -> RunningComparison:
    """Starts a comparison."""
    plan = make_plan(spec)
    return work.start(plan, plan.record(ENVIRONMENT, embed=embed))


def run_to_end(work: Workspace, spec: ComparisonSpec) -> tuple[RunningComparison, list[Event]]:
    """Starts a comparison and waits for its end."""
    events = work.subscribe()
    running = begin(work, spec)
    return running, events_until_end(events)


def whole_history(path: Path, spec: ComparisonSpec) -> ComparisonHistory:
    """The history of an undisturbed comparison."""
    with workspace(path) as work:
        running, _ = run_to_end(work, spec)
        return work.history(running.comparison)


Losses = dict[tuple[str, int], list[float]]


def losses(history: ComparisonHistory) -> Losses:
    """Training losses of every run, epoch by epoch."""
    return {
        run.run: [record.train_loss for record in run.epochs]
        for contender in history.contenders
        for run in contender.runs
    }


def scores_on_test(history: ComparisonHistory) -> dict[tuple[str, int], float]:
    """The main test score of every run that ended."""
    return {
        run.run: run.result.scores["rmse"]
        for contender in history.contenders
        for run in contender.runs
        if run.result is not None
    }
