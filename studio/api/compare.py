"""studio.compare: the comparison of `gate-studio compare`, in Python."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from studio.api.compare_options import CompareOptions
from studio.api.memory_data import as_file
from studio.api.progress import PythonReporter
from studio.api.session import Session
from studio.core.errors import SpecError
from studio.core.system import allocator, openmp
from studio.paths import user_folders
from studio.runs.compare.spec_options import SPEC_OPTIONS, as_argument

if TYPE_CHECKING:
    from studio.runs.compare.request import CompareRequest


def compare(data: object, *, progress: bool = True, **options: Unpack[CompareOptions]) -> Session:
    """Trains contenders and compares them, as `gate-studio compare` does.

    Ctrl+C, or a notebook's stop button, stops after the current step; what is finished is saved
    and returned. `studio.compare("x.gates", resume=True)` continues.

    Args:
        data: A path to data, an experiment file or a session to resume; the name of a generator; a
            NumPy array, (time,) or (time, channels) for a series, (examples, time, channels) for
            examples; arrays by name such as {"X": ..., "y": ...}, or columns of equal length; an
            Arrow table; a pandas or another data frame that gives Arrow.
        progress: Whether progress and notes are shown.
        options: The options of `gate-studio compare` by name, with underscores: `hidden_size=64`.
            Lists may be given as lists or as text: `cells=["gru", "lstm"]` or `cells="gru,lstm"`.
            `data_option` takes what the command's --data-option takes, as a dict.

    Returns:
        The session with the comparison, opened for reading. Without `out` it is a new file in the
        working folder, named after the comparison.

    Raises:
        SpecError: An option is invalid or does not go with another.
        DatasetError: The data cannot be read or used.
        SessionError: The session exists already, or cannot be written.
        KeyboardInterrupt: The user interrupted before training, or twice.
    """
    from studio.runs.compare.compare_run import run_comparison
    from studio.runs.compare.learning_curve_run import run_sizes
    from studio.runs.compare.request import naming_options, unmade_search
    from studio.runs.compare.smallest_run import run_smallest

    allocator.keep_freed_memory()
    openmp.limit_spinning()
    given = {name: value for name, value in options.items() if value is not None}
    _refuse_unknown(given)
    reporter, folders = PythonReporter(progress=progress), user_folders()
    name = str(given.get("name") or "data")
    beside = Path(str(given.get("out") or f"{name}.gates"))
    with as_file(data, name, beside) as (path, must_embed):
        request = _request(path, given, must_embed=must_embed)
        if told := unmade_search(path):
            reporter.say(told)
        with naming_options(request):
            if request.smallest:
                outcome, _ = run_smallest(request, reporter, folders)
            elif request.sizes is None:
                outcome = run_comparison(request, reporter, folders)
            else:
                outcome, _ = run_sizes(request, request.sizes, reporter, folders)
    for run, reason in outcome.failed:
        reporter.say(f"Failed: {run}: {reason}")
    if outcome.was_stopped:
        reporter.say(
            f"Interrupted. Resume with: studio.compare({str(outcome.path)!r}, resume=True)"
        )
    return Session.open(outcome.path)


def _request(path: str, given: Mapping[str, Any], *, must_embed: bool) -> "CompareRequest":
    """What is asked for; `data_option` is a dict in Python.

    Raises:
        SpecError: An option is invalid.
    """
    from studio.core.specs.device_profile import find_profile
    from studio.paths import devices
    from studio.runs.compare.request import compare_request

    if must_embed and given.get("embed") is False:
        raise SpecError(
            "data in memory is kept in the session alone",
            where="embed",
            remedy="Leave it out, or write the data to a file first",
        )
    data_option = given.get("data_option", {})
    if not isinstance(data_option, Mapping):
        raise SpecError(
            "is not a dict", where="data_option", remedy='Give a dict, such as {"decimal": ","}'
        )
    settings = {str(key).replace("-", "_"): value for key, value in data_option.items()}
    own: dict[str, Any] = {"data_option": settings}
    if given.get("workers") is not None:
        own["certificate"] = given.get("certificate") or user_folders().certificate
    if given.get("fit") is not None:
        own["fit"] = find_profile(str(given["fit"]), devices())
    return compare_request(path, {**given, **own}, called=as_argument)


def _refuse_unknown(given: Mapping[str, Any]) -> None:
    """Python passes on any name; those that the command does not have are errors.

    Raises:
        SpecError: There is no such option; the message names the most similar one.
    """
    from difflib import get_close_matches

    from studio.runs.compare.request import RUN_OPTIONS

    known = (*(option.parameter for option in SPEC_OPTIONS), *RUN_OPTIONS)
    for name in given:
        if name not in known:
            similar = get_close_matches(name, known, 1)
            remedy = f"Write {similar[0]}" if similar else "See help(studio.compare)"
            raise SpecError("there is no such option", where=name, remedy=remedy)
