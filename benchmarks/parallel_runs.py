"""How much sooner a comparison ends on workers than in turns, the same scores to the last bit.

python benchmarks/parallel_runs.py [UNITS [EPOCHS [ROUNDS]]]

Both ways are measured in each round, one after the other, from the start of training to the last
run's end; the times that are taken in turns afterwards do not count, as turns take them meanwhile.
"""

import sys
import tempfile
import time
from pathlib import Path
from queue import SimpleQueue

import numpy as np

from studio.core.results.events import ComparisonEnded, Event, RunFinished
from studio.core.results.history import ComparisonHistory
from studio.core.specs.experiment import parse_comparison
from studio.core.system.cores import usable_cores
from studio.data import Cache
from studio.paths import user_folders
from studio.runs.execution.compute import ComputeThread
from studio.runs.execution.kernels import start_kernels, wait_for_kernels
from studio.runs.execution.machine import describe_machine
from studio.runs.planning.plan import Plan, make_plan
from studio.runs.workers.parallel import plan_parallel
from studio.runs.workspace import Workspace

SEEDS = 4


def plan(units: int, epochs: int) -> Plan:
    """Eight runs, four of each cell, on 3,000 steps of a chaotic series."""
    spec = parse_comparison(
        {
            "dataset": {"source": "generated", "generator": "mackey-glass"},
            "task": {"window": 32},
            "contenders": [{"cell": cell, "hidden_size": units} for cell in ("gru", "lstm")],
            "training": {"epochs": epochs, "seeds": SEEDS},
            "machine": {"device": "cpu"},
        },
        "benchmark",
    )
    return make_plan(spec, Cache(user_folders().datasets))


def timed(
    prepared: Plan, folder: Path, compute: ComputeThread, *, parallel: bool, threads: int | None
) -> tuple[float, ComparisonHistory]:
    """Seconds until the last run has ended, and what was measured."""
    machine = prepared.spec.machine.model_copy(update={"threads": threads})
    spec = prepared.spec.model_copy(update={"machine": machine})
    folders = user_folders()
    new = Plan(spec, prepared.task, prepared.dataset)
    record = new.record(describe_machine(machine, compute).environment, embed=False)
    path = folder / f"{time.monotonic_ns()}.gates"
    with Workspace.create(path, folders.locks, compute) as workspace:
        events: SimpleQueue[Event] = workspace.subscribe()
        if parallel:
            runs = SEEDS * len(spec.contenders)
            workspace.parallel = plan_parallel(
                usable_cores(), spec, runs, folders.cache / "tasks", folders.cache
            )
        start = last = time.perf_counter()
        running = workspace.start(new, record)
        while not isinstance(event := events.get(), ComparisonEnded):
            if isinstance(event, RunFinished):
                last = time.perf_counter()
        return last - start, workspace.history(running.comparison)


def scores(history: ComparisonHistory) -> list[float]:
    """The test scores of all runs."""
    results = [run.result for each in history.contenders for run in each.runs]
    return [result.scores["rmse"] for result in results if result]


def main() -> None:
    """Prints both times of each round, their ratio, and whether the scores are equal."""
    units, epochs, rounds = (
        int(value) for value in (*sys.argv[1:], *("32", "20", "3")[len(sys.argv) - 1 :])
    )
    start_kernels(user_folders().cache)
    wait_for_kernels()
    ratios = []
    with ComputeThread() as compute, tempfile.TemporaryDirectory() as name:
        prepared = plan(units, epochs)
        for _ in range(rounds):
            turns, _ = timed(prepared, Path(name), compute, parallel=False, threads=None)
            workers, on_workers = timed(prepared, Path(name), compute, parallel=True, threads=1)
            _, alone = timed(prepared, Path(name), compute, parallel=False, threads=1)
            ratios.append(turns / workers)
            same = scores(on_workers) == scores(alone)
            equal = "equal" if same else "different"
            print(
                f"in turns {turns:.1f} s, on {usable_cores()} workers {workers:.1f} s: "
                f"{ratios[-1]:.2f} times as fast, scores {equal}"
            )
    print(f"{units} units: {np.exp(np.mean(np.log(ratios))):.2f} times as fast, geometric mean")


if __name__ == "__main__":
    main()
