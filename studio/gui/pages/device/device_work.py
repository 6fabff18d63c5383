"""Jobs of the card On a device: reading in the loader, scores and times in the compute thread."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from studio.analysis.costs.host_wording import HostTime
from studio.export.c.integer_scores import IntegerScore
from studio.gui.jobs.background_jobs import BackgroundJobs
from studio.runs.stored.device_models import DeviceModel, device_models
from studio.runs.workspace import Workspace

T = TypeVar("T")


@dataclass(frozen=True)
class DeviceListener:
    """Receives outcomes, one contender after the other.

    Attributes:
        scored: A contender and its score with int8 weights, or why there is none, a clause.
        timed: A contender and its times on this machine.
        failed: The error that ended the work.
        ended: All contenders are done.
    """

    scored: Callable[[str, IntegerScore | str], None]
    timed: Callable[[str, tuple[HostTime, ...]], None]
    failed: Callable[[BaseException], None]
    ended: Callable[[], None]


def score_contenders(
    jobs: BackgroundJobs, workspace: Workspace, comparison: int, listener: DeviceListener
) -> None:
    """Scores every contender that can be written as C with int8 weights."""

    def job(found: DeviceModel) -> IntegerScore | str:
        from studio.export.c.score_int8 import score_int8

        return score_int8(found.model, found.sequences)

    def begin(models: dict[str, DeviceModel | str]) -> None:
        for name, found in models.items():
            if isinstance(found, str):
                listener.scored(name, found)
        _one_by_one(jobs, "Scoring", models, job, listener.scored, listener)

    _read(jobs, workspace, comparison, begin, listener)


def time_contenders(
    jobs: BackgroundJobs, workspace: Workspace, comparison: int, listener: DeviceListener
) -> None:
    """Times every contender that can be written as C on this machine."""

    def job(found: DeviceModel) -> tuple[HostTime, ...]:
        from studio.export.host_times import host_times

        return host_times(found.model, found.sequences[0])

    def begin(models: dict[str, DeviceModel | str]) -> None:
        _one_by_one(jobs, "Timing", models, job, listener.timed, listener)

    _read(jobs, workspace, comparison, begin, listener)


def _read(
    jobs: BackgroundJobs,
    workspace: Workspace,
    comparison: int,
    begin: Callable[[dict[str, DeviceModel | str]], None],
    listener: DeviceListener,
) -> None:
    jobs.load(
        "Reading the models",
        lambda: device_models(workspace.reader(), comparison),
        begin,
        listener.failed,
    )


def _one_by_one(  # noqa: PLR0913, PLR0917 - what is done to whom, and who hears of it
    jobs: BackgroundJobs,
    what: str,
    models: dict[str, DeviceModel | str],
    job: Callable[[DeviceModel], T],
    took: Callable[[str, T], None],
    listener: DeviceListener,
) -> None:
    """A job for each model, the next when one has ended, so that others come in between."""
    waiting = [(name, found) for name, found in models.items() if isinstance(found, DeviceModel)]

    def go_on() -> None:
        if not waiting:
            listener.ended()
            return
        name, found = waiting.pop(0)

        def done(result: T) -> None:
            took(name, result)
            go_on()

        jobs.calculate(f"{what} {name}", partial(job, found), done, listener.failed)

    go_on()
