"""A search in the terminal: its progress, the best settings, the comparison that follows."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from studio.cli.compare_run import compare_and_print
from studio.cli.output import print_json, print_message, print_table
from studio.cli.progress_line import ProgressLine
from studio.core.results.study import Study
from studio.core.system import allocator, openmp
from studio.paths import Folders, user_folders
from studio.runs.compare.request import CompareRequest
from studio.runs.tuning.search_run import tuned_comparison
from studio.runs.tuning.tune_run import Observer, TuneRequest, comparison_of, run_search
from studio.runs.workers.certificate import ClusterAddress
from studio.sessions import SessionFile


def tune_and_print(request: TuneRequest, *, as_json: bool) -> None:
    """Searches, shows the best settings, and compares them.

    Raises:
        UserError: The data, a setting or the session is not usable.
        KeyboardInterrupt: The user interrupted; what has ended is saved.
    """
    allocator.keep_freed_memory()
    openmp.limit_spinning()
    folders = user_folders()
    with ProgressLine("Trials") as line, _Watch(line).until_interrupted() as watch:
        outcome = run_search(request, folders, watch, print_message)
    study = outcome.study
    if outcome.was_stopped:
        print_message(f"Interrupted. Resume with: gate-studio tune {request.out} --resume")
        raise KeyboardInterrupt
    if as_json:
        _print_study_json(study)
    else:
        _print_best(study)
    _compare_best(study, request, folders, shows_results=not as_json)


def _compare_best(
    study: Study, request: TuneRequest, folders: Folders, *, shows_results: bool
) -> None:
    """Compares the best settings; a comparison of them that was interrupted is continued."""
    tuned, out = tuned_comparison(study), request.out
    cluster = request.workers if isinstance(request.workers, ClusterAddress) else None
    with SessionFile.open(out, folders.locks) as session:
        begun = comparison_of(study, tuned, session)
        if begun is not None and begun.has_ended:
            return
    if begun is None:
        asked = CompareRequest(tuned, out, adds=True, parallel=cluster)
    elif begun.is_last:
        asked = CompareRequest(None, out, resume=True, parallel=cluster)
    else:
        print_message("Another comparison was begun since; resume the search's own in the window.")
        return
    try:
        compare_and_print(asked, as_json=False, shows_results=shows_results)
    finally:  # however it ended: what was begun belongs to this search
        with SessionFile.open(out, folders.locks) as session:
            found = comparison_of(study, tuned, session)
            if found is not None and study.comparison is None:
                session.end_study(study.number, found.number)


class _Watch(Observer):
    """Shows how many trials have ended; an interrupt lets the current steps end."""

    def __init__(self, line: ProgressLine) -> None:
        self._line, self._stopped = line, False

    @contextmanager
    def until_interrupted(self) -> Iterator["_Watch"]:
        """Takes the first interrupt; a second one is not waited for."""

        def stop(_: int, __: FrameType | None) -> None:
            if self._stopped:
                raise KeyboardInterrupt
            self._stopped = True
            print_message("Stopping after the current steps; ended trials are saved.")

        before = signal.signal(signal.SIGINT, stop)
        try:
            yield self
        finally:
            signal.signal(signal.SIGINT, before)

    def begun(self, study: Study) -> None:
        names = ", ".join(map(str, study.search.settings))
        contenders = ", ".join(contender.name for contender in study.spec.contenders)
        print_message(f"{study.search.count} trials each of {contenders}: {names}.")
        self._show(study)

    def ended(self, study: Study) -> None:
        self._show(study)

    def goes_on(self) -> bool:
        return not self._stopped

    def _show(self, study: Study) -> None:
        self._line.show(len(study.trials), study.search.count * len(study.spec.contenders))


def _print_best(study: Study) -> None:
    names = [setting.name for setting in study.search.settings]
    rows = []
    for contender in study.spec.contenders:
        best, own = study.best(contender.name), study.of(contender.name)
        pruned = sum(trial.status == "pruned" for trial in own)
        failed = sum(trial.status == "failed" for trial in own)
        rows.append(
            (
                contender.name,
                f"{len(own)}, {pruned} pruned, {failed} failed",
                "" if best is None else f"{best.value:.4g}",
                *("" if best is None else f"{best.settings[name]:.4g}" for name in names),
            )
        )
    headings = ("contender", "trials", "validation loss", *names)
    print_table("Best settings on the validation set", headings, rows)


def _print_study_json(study: Study) -> None:
    contenders: list[dict[str, Any]] = []
    for contender in study.spec.contenders:
        best = study.best(contender.name)
        contenders.append(
            {
                "name": contender.name,
                "best": None if best is None else dict(best.settings),
                "validation_loss": None if best is None else best.value,
                "trials": [
                    {
                        "number": trial.number,
                        "settings": dict(trial.settings),
                        "status": trial.status,
                        "validation_loss": trial.value if trial.losses else None,
                        "epochs": len(trial.losses),
                    }
                    for trial in study.of(contender.name)
                ],
            }
        )
    print_json({"search": list(map(str, study.search.settings)), "contenders": contenders})
