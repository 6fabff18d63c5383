"""What the coordinator asks of a worker, and what it is told; plain data for both sides."""

from dataclasses import dataclass
from pathlib import Path

from studio.core.results.events import RunEvent, RunId
from studio.core.results.record import ResumePoint
from studio.core.specs.comparison_spec import ContenderSpec, MachineSpec, TrainingSpec


@dataclass(frozen=True)
class TaskPlace:
    """Where a worker finds prepared data.

    Attributes:
        key: The hash of its content, the name of its folder.
        folder: Where such folders are on the coordinator's machine; a worker may have its own.
        topic: Where to ask for data that is not there; "" where it always is.
    """

    key: str
    folder: Path
    topic: str = ""


@dataclass(frozen=True)
class Order:
    """A run to train.

    Attributes:
        topic: Where its events are told; one for each attempt.
        run: The run.
        contender: Its settings.
        training: How it is trained.
        machine: Device, engine and threads.
        task: The prepared data.
        kernels: Where compiled kernels are on the coordinator's machine.
        resume: Where to resume, or None to start.
    """

    topic: str
    run: RunId
    contender: ContenderSpec
    training: TrainingSpec
    machine: MachineSpec
    task: TaskPlace
    kernels: Path
    resume: ResumePoint | None


@dataclass(frozen=True)
class Told:
    """An event of a run, numbered from 0 within its attempt."""

    topic: str
    number: int
    event: RunEvent


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended: the events that were told, by number, and whether it was stopped."""

    topic: str
    events: int
    was_stopped: bool
