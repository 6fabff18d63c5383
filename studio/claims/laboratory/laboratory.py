"""Runs the comparisons of claims in one session, with a time limit."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from queue import Empty
from typing import TypeVar

from studio.core.errors import UserError
from studio.core.results.events import ComparisonEnded, EpochFinished
from studio.core.results.history import ComparisonHistory
from studio.core.specs.comparison_spec import (
    ComparisonSpec,
    ContenderSpec,
    EngineName,
    GeneratedDataset,
    MachineSpec,
    TaskSpec,
    TrainingSpec,
)
from studio.runs.execution.compute import Compute
from studio.runs.execution.machine import describe_machine
from studio.runs.planning.plan import make_plan
from studio.runs.workspace import Workspace

T = TypeVar("T")
ENGINES: tuple[EngineName, ...] = ("fused", "torch")
_POLL_SECONDS = 0.2


@dataclass(frozen=True)
class MeasuredComparison:
    """A comparison that was run for a claim."""

    number: int
    history: ComparisonHistory


class Laboratory:
    """Runs comparisons one after another and stops the current one when time runs out.

    Args:
        workspace: The session that holds them.
        compute: The compute thread, where torch runs.
        threads: CPU threads, or None for one per core.

    Attributes:
        on_progress: Called with the progress, such as "reber: LSTM, seed 2, epoch 3", in the
            thread that runs the claims.
    """

    def __init__(self, workspace: Workspace, compute: Compute, threads: int | None = None) -> None:
        self._workspace = workspace
        self._compute = compute
        self._threads = threads
        self._events = workspace.subscribe()
        self._until = float("inf")
        self._is_stopped = False
        self._complete: dict[str, MeasuredComparison] = {}
        self.on_progress: Callable[[str], None] = lambda _: None
        self.environment: Mapping[str, str] = describe_machine(self.machine(), compute).environment

    @property
    def workspace(self) -> Workspace:
        return self._workspace

    def machine(self, engine: EngineName = "auto") -> MachineSpec:
        """The CPU with an engine."""
        return MachineSpec(device="cpu", engine=engine, threads=self._threads)

    def set_time_limit(self, seconds: float) -> None:
        """Limits the time of the next claim."""
        self._until = time.monotonic() + seconds

    def stop(self) -> None:
        """Ends the current comparison after its step and leaves no time for further claims."""
        self._is_stopped = True

    @property
    def is_stopped(self) -> bool:
        """Whether it was stopped: later findings are meaningless."""
        return self._is_stopped

    @property
    def seconds_left(self) -> float:
        """Seconds until the claim's time limit."""
        return 0.0 if self._is_stopped else max(0.0, self._until - time.monotonic())

    def submit(self, job: Callable[[], T]) -> T:
        """Runs a job on the compute thread and waits for it."""
        return self._compute.submit(job).result()

    def compare(self, spec: ComparisonSpec) -> MeasuredComparison:
        """Runs a comparison once; runs that are unfinished when time runs out stay so.

        Raises:
            UserError: It could not be run.
        """
        key = spec.model_dump_json()
        if key not in self._complete:
            measured = self._run(spec)
            if not measured.history.is_complete:
                return measured
            self._complete[key] = measured
        return self._complete[key]

    def _run(self, spec: ComparisonSpec) -> MeasuredComparison:
        plan = make_plan(spec)
        running = self._workspace.start(plan, plan.record(self.environment))
        try:
            self._wait_for(plan.task.name, running.control.stop)
        except BaseException:
            running.control.stop()
            raise
        return MeasuredComparison(running.comparison, self._workspace.history(running.comparison))

    def _wait_for(self, name: str, stop: Callable[[], None]) -> None:
        while True:
            if not self.seconds_left:
                stop()
            try:
                event = self._events.get(timeout=_POLL_SECONDS)
            except Empty:
                continue
            if isinstance(event, EpochFinished):
                run, epoch = event.run, event.record.epoch
                self.on_progress(f"{name}: {run.contender}, seed {run.seed}, epoch {epoch}")
            if isinstance(event, ComparisonEnded):
                if event.how == "failed":
                    raise UserError(event.problem.removesuffix("."))
                return


def failure_or(history: ComparisonHistory, otherwise: str) -> str:
    """The failure of a run as the reason for missing results, or another reason."""
    runs = [run for contender in history.contenders for run in contender.runs]
    failed = next((run for run in runs if run.status == "failed"), None)
    return otherwise if failed is None else f"{failed.run} failed: {failed.reason}"


def pair(hidden_size: int = 32, **settings: object) -> tuple[ContenderSpec, ...]:
    """A GRU and an LSTM with the same settings."""
    return tuple(
        ContenderSpec.model_validate(
            {"name": name, "cell": name.lower(), "hidden_size": hidden_size, **settings}
        )
        for name in ("GRU", "LSTM")
    )


def experiment(  # noqa: PLR0913 - the parts of an experiment
    generator: str,
    machine: MachineSpec,
    *,
    parameters: Mapping[str, float | int | str] | None = None,
    contenders: tuple[ContenderSpec, ...] | None = None,
    task: Mapping[str, object] | None = None,
    training: Mapping[str, object] | None = None,
) -> ComparisonSpec:
    """A comparison on generated data."""
    return ComparisonSpec(
        dataset=GeneratedDataset(generator=generator, parameters=dict(parameters or {})),
        task=TaskSpec.model_validate(task or {}),
        contenders=contenders or pair(),
        training=TrainingSpec.model_validate(training or {}),
        machine=machine,
    )
