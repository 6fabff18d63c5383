"""How many workers a comparison's runs are given, and whether that is faster than turns."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from studio.core.errors import SpecError
from studio.core.prepared.examples import PreparedTask
from studio.core.specs.comparison_spec import ComparisonSpec, MachineSpec
from studio.core.specs.training_spec import steps_of_epoch
from studio.core.system.cores import usable_cores
from studio.runs.execution.compute import Compute
from studio.runs.workers.certificate import ClusterAddress
from studio.runs.workers.cluster import Workers

Wanted = int | Literal["auto"] | ClusterAddress
_MOST_WORKERS = 256
_START_SECONDS = 6.0  # of worker processes: the interpreter, torch, the kernels
_SHARED_MEMORY = 1.2  # how much slower a step is while the other cores train too


def _nobody(_: str) -> None:
    """Tells nobody."""


@dataclass(frozen=True)
class ParallelRuns:
    """Runs on worker processes of this machine, or of a cluster.

    Attributes:
        count: Workers of this machine.
        threads: CPU threads of each; None leaves it to each machine of a cluster.
        tasks: Where prepared data is kept for them.
        kernels: Where compiled kernels are.
        cluster: The cluster; None for this machine.
        say: Told of workers that were lost, in any thread.
    """

    count: int
    threads: int | None
    tasks: Path
    kernels: Path
    cluster: ClusterAddress | None = None
    say: Callable[[str], None] = field(default=_nobody, compare=False)

    def start(self, machine: MachineSpec) -> Workers:
        """The workers, started here or reached there.

        Raises:
            MachineError: They cannot be started or reached.
        """
        if self.cluster is None:
            return Workers.here(self.count, self.threads or 1)
        gpu = machine.device == "cuda"
        return Workers.of_cluster(self.cluster, self.tasks, self.say, gpu=gpu)

    def machine(self, asked: MachineSpec) -> MachineSpec:
        """The machine's settings for a worker."""
        device = "cpu" if self.cluster is not None and asked.device == "auto" else asked.device
        return asked.model_copy(update={"threads": self.threads, "device": device})

    def __str__(self) -> str:
        """Such as "2 workers with 1 thread each"."""
        if self.cluster is not None or self.threads is None:
            return f"the cluster at {self.cluster}"
        plural = "" if self.count == 1 else "s"
        return f"{self.count} worker{plural} with {_threads(self.threads)} each"


def parse_parallel(text: str) -> Wanted:
    """Workers as typed: a number, or auto.

    Raises:
        SpecError: It is neither.
    """
    if text == "auto":
        return "auto"
    if not text.isdecimal() or not 1 <= int(text) <= _MOST_WORKERS:
        raise SpecError(
            f"{text!r} is not a number of workers",
            field="parallel",
            remedy=f"Choose auto, or a number from 1 to {_MOST_WORKERS}",
        )
    return int(text)


def refuse_parallel(spec: ComparisonSpec, wanted: Wanted) -> None:
    """Raises SpecError where runs have to take turns."""
    if spec.training_in_force.seconds is not None:
        raise SpecError(
            "runs that are matched by training time have to take turns",
            field="parallel",
            remedy="Leave it out, or choose another match",
        )
    if spec.machine.device == "cuda" and not isinstance(wanted, ClusterAddress):
        raise SpecError(
            "runs on one GPU take turns",
            field="parallel",
            remedy="Leave it out, or choose the device cpu",
        )


def plan_parallel(
    wanted: int, spec: ComparisonSpec, runs: int, tasks: Path, kernels: Path
) -> ParallelRuns:
    """So many workers, at most one for each run, that share the cores."""
    count = max(1, min(wanted, runs))
    threads = spec.machine.threads or max(1, usable_cores() // count)
    return ParallelRuns(count, threads, tasks, kernels)


def plan_cluster(
    cluster: ClusterAddress,
    spec: ComparisonSpec,
    tasks: Path,
    kernels: Path,
    say: Callable[[str], None],
) -> ParallelRuns:
    """The workers of a cluster, all of them."""
    return ParallelRuns(0, spec.machine.threads, tasks, kernels, cluster, say)


@dataclass(frozen=True)
class Estimate:
    """Seconds that all runs would take, by a short trial of each way.

    Attributes:
        turns: In turns with all threads.
        workers: On workers.
    """

    turns: float
    workers: float


def estimate_both(
    spec: ComparisonSpec, task: PreparedTask, runs: int, plan: ParallelRuns, compute: Compute
) -> Estimate:
    """Times a few steps with all threads and with those of a worker."""

    def measure(machine: MachineSpec) -> float:
        from studio.runs.planning.estimate import measure_steps

        timed = compute.submit(
            lambda: measure_steps(spec.model_copy(update={"machine": machine}), task, lambda: True)
        ).result()
        known = list(timed.seconds.values())
        return sum(known) / len(known) if known else float("inf")

    training = spec.training_in_force
    carried = task.training.carried
    steps = training.epochs * steps_of_epoch(
        len(task.training), training.batch_size, carried=carried
    )
    steps = min(steps, training.steps or steps)
    rounds = -(-runs // plan.count)
    slower = _SHARED_MEMORY if plan.count > 1 else 1.0
    return Estimate(
        turns=runs * steps * measure(spec.machine),
        workers=_START_SECONDS + rounds * steps * measure(plan.machine(spec.machine)) * slower,
    )


def _threads(count: int) -> str:
    return f"{count} thread{'' if count == 1 else 's'}"
