"""A search in the foreground, as the terminal does it, with the comparison that follows."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from studio.core.errors import SessionError
from studio.core.results.study import Study, Trial
from studio.core.specs.comparison_spec import ComparisonSpec, MachineSpec
from studio.core.specs.search_spec import SearchSpec
from studio.data import Cache
from studio.runs.compare.reporter import RunFolders
from studio.runs.compare.run_on_workers import tasks_folder
from studio.runs.execution.compute import Compute, ComputeThread
from studio.runs.execution.kernels import start_kernels
from studio.runs.planning.plan import Plan, make_plan
from studio.runs.tuning.makers import InTurns, OnWorkers, TrialMaker
from studio.runs.tuning.search_run import Search, refuse_search
from studio.runs.workers.certificate import ClusterAddress
from studio.runs.workers.parallel import plan_cluster, plan_parallel
from studio.sessions import SessionFile
from studio.sessions.tables.studies import last_study


@dataclass(frozen=True)
class TuneRequest:
    """What the user asked for.

    Attributes:
        spec: The comparison; None resumes the last search of the session.
        search: What is searched.
        out: The session file.
        workers: Trials at a time, or the cluster that makes them; None for one after another.
        overwrite: Whether an existing session may be replaced.
    """

    spec: ComparisonSpec | None
    search: SearchSpec
    out: Path
    workers: int | ClusterAddress | None = None
    overwrite: bool = False


@dataclass(frozen=True)
class SearchOutcome:
    """What a search found; was_stopped where the user interrupted."""

    study: Study
    was_stopped: bool


class Observer:
    """Told of the trials of a search; may stop it."""

    def begun(self, study: Study) -> None:
        """The search starts, or goes on."""

    def ended(self, study: Study) -> None:
        """A trial has ended."""

    def goes_on(self) -> bool:
        """Whether to go on; asked between steps, in any thread."""
        return True


def run_search(
    request: TuneRequest, folders: RunFolders, observer: Observer, say: Callable[[str], None]
) -> SearchOutcome:
    """Makes the trials that are missing; every one is saved when it has ended.

    Raises:
        UserError: The data, a setting or the session is not usable.
    """
    start_kernels(folders.cache)
    with ComputeThread() as compute, _session(request, folders) as session:
        plan, study = _begin(request, session, Cache(folders.datasets))
        observer.begun(study)

        def record(trial: Trial) -> None:
            session.add_trial(study.number, trial)
            observer.ended(study_of(session, study.number))

        with _maker(request, plan, study, folders, compute, say) as (maker, machine):
            Search(study, maker, machine, record, observer.goes_on).run()
        found = study_of(session, study.number)
    return SearchOutcome(found, not found.is_complete)


@contextmanager
def _session(request: TuneRequest, folders: RunFolders) -> Iterator[SessionFile]:
    """The session, open for writing: the one to resume, or a new one."""
    if request.spec is None:
        with SessionFile.open(request.out, folders.locks) as session:
            if session.read_only:
                raise SessionError(
                    f"the session is read-only: {session.why_read_only}",
                    where=str(request.out),
                    remedy="Close it there, or work on a copy",
                )
            yield session
        return
    with SessionFile.create(request.out, folders.locks, overwrite=request.overwrite) as session:
        yield session


def _begin(request: TuneRequest, session: SessionFile, cache: Cache) -> tuple[Plan, Study]:
    """The prepared data, and the search as it stands in the session."""
    if request.spec is None:
        study = last_study(session.studies())
        plan = make_plan(study.spec, cache)
        return plan, study
    plan = make_plan(request.spec, cache)
    refuse_search(plan.spec, len(plan.task.validation))
    number = session.begin_study(plan.spec, request.search)
    return plan, study_of(session, number)


def study_of(session: SessionFile, number: int) -> Study:
    """A search with the trials so far."""
    return next(study for study in session.studies() if study.number == number)


@dataclass(frozen=True)
class BegunComparison:
    """The comparison of the best settings as it stands in the session.

    Attributes:
        number: Its number.
        has_ended: Whether all its runs have ended.
        is_last: Whether none was begun after it.
    """

    number: int
    has_ended: bool
    is_last: bool


def comparison_of(
    study: Study, tuned: ComparisonSpec, session: SessionFile
) -> BegunComparison | None:
    """The comparison that follows a search; also one that was begun but not yet noted.

    Args:
        study: The search.
        tuned: What it leads to.
        session: Where both are.
    """
    every = session.comparisons()
    for each in reversed(every):
        unnoted = study.comparison is None and _is_same(each.spec, tuned)
        if each.id == study.comparison or unnoted:
            ended = set(each.statuses) <= {"finished", "early", "failed"}
            return BegunComparison(each.id, ended, each.id == every[-1].id)
    return None


def _is_same(one: ComparisonSpec, other: ComparisonSpec) -> bool:
    def told(spec: ComparisonSpec) -> tuple[object, ...]:
        return spec.contenders, spec.searched, spec.search_trials, spec.training

    return told(one) == told(other)


@contextmanager
def _maker(  # noqa: PLR0913, PLR0917 - what trials need
    request: TuneRequest,
    plan: Plan,
    study: Study,
    folders: RunFolders,
    compute: Compute,
    say: Callable[[str], None],
) -> Iterator[tuple[TrialMaker, MachineSpec]]:
    missing = study.search.count * len(study.spec.contenders) - len(study.trials)
    if request.workers is None or missing < 1:
        yield InTurns(plan.task, compute), plan.spec.machine
        return
    tasks = tasks_folder(folders)
    if isinstance(request.workers, ClusterAddress):
        parallel = plan_cluster(request.workers, plan.spec, tasks, folders.cache, say)
    else:
        parallel = plan_parallel(request.workers, plan.spec, missing, tasks, folders.cache)
    say(f"Trials are made on {parallel}.")
    with parallel.start(plan.spec.machine) as workers:
        maker = OnWorkers(plan.task, workers, tasks, folders.cache)
        yield maker, parallel.machine(plan.spec.machine)
