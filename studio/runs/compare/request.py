"""What the options of compare ask for, checked before anything is read or trained."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio.core.errors import SpecError
from studio.core.results.c_size import Arithmetic
from studio.core.specs.comparison_spec import ComparisonSpec, DatasetSpec
from studio.core.specs.device_profile import DeviceProfile
from studio.core.specs.experiment import SEARCH_IS_FOR_TUNE, search_table
from studio.core.specs.training_sizes import TrainingSize, parse_training_sizes
from studio.runs.compare.spec_from_options import build_spec
from studio.runs.compare.spec_options import SPEC_OPTIONS, Called, as_flag, flag_of
from studio.runs.planning.longer_training import NewLimits
from studio.runs.workers.certificate import ClusterAddress, parse_address
from studio.runs.workers.parallel import Wanted, parse_parallel, refuse_parallel

LIMITS = ("epochs", "steps", "seconds")
RUN_OPTIONS = (
    "data_option", "trials", "max_seeds", "budget", "sizes", "smallest", "out", "until_decided",
    "overwrite", "no_backup", "resume", "add", "embed", "static", "parallel",
    "fit", "fit_int8", "workers", "certificate",
)  # fmt: skip
"""The options beside those of the settings, by parameter name."""
_WHILE_RESUMING = {
    "resume",
    "budget",
    "sizes",
    "smallest",
    "embed",
    "parallel",
    "workers",
    "certificate",
    *LIMITS,
}


def unmade_search(data: str) -> str:
    """What is said of a search in an experiment file, which a comparison does not make, or "".

    Raises:
        SpecError: The search cannot be made.
    """
    if Path(data).suffix != ".toml" or search_table(Path(data)) is None:
        return ""
    return SEARCH_IS_FOR_TUNE


@dataclass(frozen=True)
class CompareRequest:
    """What the user asked for.

    Attributes:
        spec: The comparison, or None to resume the session as it is.
        out: The session file, or None for a new one in the working folder.
        overwrite: Whether an existing session may be replaced.
        backup: Whether a copy of a replaced session is kept.
        resume: Whether an existing session is resumed.
        adds: Whether the comparison is added to an existing session.
        embed: Whether small data is copied into the session.
        minutes: Time limit for adding seeds at interim looks, or None.
        sizes: Training-set sizes of a learning curve, or None.
        smallest: Whether the smallest hidden sizes that suffice are searched.
        longer: Larger limits for the runs of an existing session.
        parallel: Workers that runs are trained on, here or of a cluster; None trains in turns.
        fit: The device that sets the hidden sizes, or None.
        fit_arithmetic: In which a contender has to fit it.
        called: How messages name an option.
    """

    spec: ComparisonSpec | None
    out: Path | None
    overwrite: bool = False
    resume: bool = False
    embed: bool = True
    minutes: float | None = None
    adds: bool = False
    backup: bool = True
    sizes: tuple[TrainingSize, ...] | None = None
    smallest: bool = False
    longer: NewLimits = field(default_factory=NewLimits)
    parallel: Wanted | None = None
    fit: DeviceProfile | None = None
    fit_arithmetic: Arithmetic = "float"
    called: Called = as_flag

    @property
    def is_resumed(self) -> bool:
        """Whether an existing session is resumed instead of creating a new one."""
        return self.resume and self.out is not None and (self.spec is None or self.out.exists())


def compare_request(
    data: str | DatasetSpec,
    options: Mapping[str, Any],
    *,
    given: Collection[str] | None = None,
    called: Called = as_flag,
) -> CompareRequest:
    """What these options ask for.

    Args:
        data: A data file, a generator, an experiment file or a session, or the dataset itself.
        options: Options by parameter name, without those left out; data_option by key.
        given: The options that the user gave, where the others are defaults.
        called: How messages name an option.

    Raises:
        SpecError: An option is invalid or does not go with another; the message names it.
    """
    session = Path(data) if isinstance(data, str) and Path(data).suffix == ".gates" else None
    resume, out = options.get("resume", False), options.get("out")
    if session is not None and not resume:
        raise SpecError(
            "is a session file",
            where=str(session),
            remedy=f"Use {called('--resume')} to continue it, or "
            + ("the command show" if called is as_flag else "studio.open to read it"),
        )
    if resume and session is None and out is None:
        raise SpecError(
            "needs a session file",
            where=called("--resume"),
            remedy=f"Name it with {called('--out')}",
        )
    if session is not None:
        _refuse_changed_settings(options if given is None else given, called)
        spec = None
    else:
        spec = build_spec(data, options, _data_options(options, called), called)
    _refuse_stray_look_options(options, spec, called)
    _refuse_stray_file_options(options, called)
    if spec is not None and options.get("until_decided"):
        from studio.runs.planning.sequential_stopping import until_decided

        spec = until_decided(spec, options.get("max_seeds"))
    longer = {name: options.get(name) for name in LIMITS} if session is not None else {}
    return CompareRequest(
        spec=spec,
        out=session or (None if out is None else Path(out)),
        overwrite=options.get("overwrite", False),
        resume=resume,
        embed=options.get("embed", True),
        minutes=options.get("budget"),
        adds=options.get("add", False),
        backup=not options.get("no_backup", False),
        sizes=_sizes(options, spec, called),
        smallest=_smallest(options, spec, called),
        longer=NewLimits(**longer),
        parallel=_parallel(options, spec, called),
        fit=_fit(options, spec, called),
        fit_arithmetic="int8" if options.get("fit_int8") else "float",
        called=called,
    )


def _parallel(
    options: Mapping[str, Any], spec: ComparisonSpec | None, called: Called
) -> Wanted | None:
    name = "parallel" if options.get("workers") is None else "workers"
    if options.get(name) is None:
        if options.get("certificate") is not None:
            raise SpecError(
                f"needs {called('--workers')}", where=called("--certificate"), remedy="Add it"
            )
        return None
    try:
        wanted = _workers(options, called)
        if spec is not None:
            refuse_parallel(spec, wanted)
    except SpecError as error:
        raise SpecError(error.what, where=called(f"--{name}"), remedy=error.remedy) from None
    return wanted


def _workers(options: Mapping[str, Any], called: Called) -> Wanted:
    if options.get("workers") is None:
        return parse_parallel(str(options["parallel"]))
    if options.get("parallel") is not None:
        raise SpecError(
            f"cannot be combined with {called('--parallel')}", remedy="Leave one of them out"
        )
    if options.get("certificate") is None:
        raise SpecError(
            f"needs {called('--certificate')}", remedy="Give the certificate of the cluster"
        )
    return ClusterAddress(parse_address(str(options["workers"])), Path(options["certificate"]))


def _fit(
    options: Mapping[str, Any], spec: ComparisonSpec | None, called: Called
) -> DeviceProfile | None:
    profile: DeviceProfile | None = options.get("fit")
    if profile is None and options.get("fit_int8"):
        raise SpecError(
            "says how a device is to be fitted, but none is named",
            where=called("--fit-int8"),
            remedy=f"Name the device by {called('--fit')}",
        )
    if profile is None or spec is None:
        return None
    from studio.runs.planning.device_fit import refuse_fit

    if options.get("sizes") is not None:
        raise SpecError(
            f"cannot be combined with {called('--sizes')}",
            where=called("--fit"),
            remedy="Leave one out",
        )
    refuse_fit(spec, sized="hidden_size" in options, where=called("--fit"))
    return profile


def _data_options(options: Mapping[str, Any], called: Called) -> Mapping[str, Any]:
    """How the data is read, the static columns among it."""
    read, static = options.get("data_option", {}), options.get("static")
    if static is None:
        return read  # type: ignore[no-any-return]
    if {"static", "static_columns"} & read.keys():
        raise SpecError(
            "is given twice", where=called("--static"), remedy="Leave it out of the data options"
        )
    return {**read, "static": static if isinstance(static, str) else ",".join(static)}


@contextmanager
def naming_options(request: CompareRequest) -> Iterator[None]:
    """Lets errors about a setting name its option."""
    try:
        yield
    except SpecError as error:
        setting = error.field or error.where
        flag = flag_of(setting)
        if request.sizes is not None and setting in {"sizes", "training_examples"}:
            flag = "--sizes"
        where = request.called(flag) if flag else error.where
        raise SpecError(error.what, where=where, remedy=error.remedy) from None


def _sizes(
    options: Mapping[str, Any], spec: ComparisonSpec | None, called: Called
) -> tuple[TrainingSize, ...] | None:
    """The sizes of a learning curve."""
    sizes = options.get("sizes")
    if sizes is None:
        return None
    if spec is not None and spec.task.training_examples is not None:
        raise SpecError(
            "cannot be combined with training_examples, which sets a single size",
            where=called("--sizes"),
            remedy="Leave one out",
        )
    if spec is not None and spec.looks is not None:
        raise SpecError(
            "cannot be combined with interim looks, which add seeds to a single size",
            where=called("--sizes"),
            remedy=f"Give {called('--seeds')} instead of {called('--until-decided')}",
        )
    text = sizes if isinstance(sizes, str) else ",".join(map(str, sizes))
    try:
        return tuple(parse_training_sizes(text))
    except SpecError as error:
        raise SpecError(error.what, where=called("--sizes"), remedy=error.remedy) from None


def _smallest(options: Mapping[str, Any], spec: ComparisonSpec | None, called: Called) -> bool:
    if not options.get("smallest"):
        return False
    from studio.runs.planning.smallest_plan import refuse_smallest

    where = called("--smallest")
    if options.get("sizes") is not None:
        raise SpecError(
            "cannot be combined with a learning curve", where=where, remedy="Leave one out"
        )
    try:
        if spec is not None:
            refuse_smallest(spec)
    except SpecError as error:
        raise SpecError(error.what, where=where, remedy=error.remedy) from None
    return True


def _refuse_changed_settings(given: Collection[str], called: Called) -> None:
    """A resumed session keeps its settings, so options that would be ignored are refused."""
    flags = {option.parameter: option.flag for option in SPEC_OPTIONS}
    for name in given:
        if name not in _WHILE_RESUMING and (name in flags or name in RUN_OPTIONS):
            flag = flags.get(name, f"--{name.replace('_', '-')}")
            raise SpecError(
                "is fixed when a comparison starts, and a resumed session keeps its settings",
                where=called(flag),
                remedy="Leave it out, or start a new comparison in another file",
            )


def _refuse_stray_file_options(options: Mapping[str, Any], called: Called) -> None:
    resume, overwrite = options.get("resume"), options.get("overwrite")
    if options.get("add") and (options.get("out") is None or resume or overwrite):
        needed = f"needs {called('--out')}, and neither {called('--resume')} nor "
        raise SpecError(
            needed + called("--overwrite"),
            where=called("--add"),
            remedy=f"Name the session with {called('--out')}",
        )
    if options.get("no_backup") and not overwrite:
        raise SpecError(
            f"needs {called('--overwrite')}", where=called("--no-backup"), remedy="Leave it out"
        )


def _refuse_stray_look_options(
    options: Mapping[str, Any], spec: ComparisonSpec | None, called: Called
) -> None:
    """Interim looks are planned before the first run; their options need --until-decided."""
    until_decided = options.get("until_decided")
    if spec is None and (until_decided or "max_seeds" in options):
        raise SpecError(
            "is fixed when a comparison starts",
            where=called("--until-decided" if until_decided else "--max-seeds"),
            remedy="Leave it out: a session that started with interim looks keeps them",
        )
    if spec is None or until_decided:
        return
    if "max_seeds" in options or ("budget" in options and spec.looks is None):
        flag = "--max-seeds" if "max_seeds" in options else "--budget"
        raise SpecError(f"needs {called('--until-decided')}", where=called(flag), remedy="Add it")
