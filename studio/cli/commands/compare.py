"""gate-studio compare: a comparison in the terminal."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from studio.cli.options import flag_of, with_spec_options
from studio.cli.spec_from_options import build_spec
from studio.core.errors import SpecError
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.core.specs.training_sizes import parse_training_sizes

if TYPE_CHECKING:
    from studio.cli.compare_run import CompareRequest

_LIMITS = ("epochs", "steps", "seconds")
_ALLOWED_ON_RESUMING = {"data", "resume", "budget", "sizes", "embed", "as_json", *_LIMITS}


@with_spec_options
def compare(
    context: typer.Context,
    data: Annotated[
        str,
        typer.Argument(
            metavar="DATA-or-EXPERIMENT.toml",
            help="A data file, the name of a generator, or an experiment file.",
        ),
    ],
    *,
    cells: Annotated[
        str | None,
        typer.Option(
            metavar="A,B",
            help="Cells of the contenders: gru, lstm, rnn, coupled-lstm, tcn. Default: gru,lstm.",
        ),
    ] = None,
    trials: Annotated[
        int | None,
        typer.Option(
            min=2,
            max=16,
            help="Try this many random learning rates instead, the same for all contenders.",
            metavar="NUMBER",
        ),
    ] = None,
    max_seeds: Annotated[
        int | None,
        typer.Option(
            min=2,
            max=1000,
            help="Maximum number of seeds with --until-decided. Default: 20.",
            metavar="NUMBER",
        ),
    ] = None,
    budget: Annotated[
        float | None,
        typer.Option(
            min=0,
            help="With --until-decided, add no more seeds after this many minutes. Default: no "
            "limit.",
            metavar="MINUTES",
        ),
    ] = None,
    sizes: Annotated[
        str | None,
        typer.Option(
            help="Learning curve: one comparison for each of these training-set sizes, such as "
            "100,300,1000 or 10%,30%,100%. Sizes that the session already has are not trained "
            "again.",
            metavar="A,B",
        ),
    ] = None,
    data_option: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=VALUE",
            help="Setting for reading a file or for a generator, such as encoding=cp1252.",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="SESSION.gates", help="The session file.")
    ] = None,
    until_decided: Annotated[
        bool,
        typer.Option(
            "--until-decided",
            help="Add seeds until the verdict on the main metric is decided, with interim looks at "
            "3, 5, 8, 12 and 20 seeds.",
        ),
    ] = False,
    overwrite: Annotated[
        bool,
        typer.Option(
            "--overwrite", help="Replace the session file if it exists; a backup is kept."
        ),
    ] = False,
    no_backup: Annotated[
        bool,
        typer.Option("--no-backup", help="With --overwrite: keep no backup of the old session."),
    ] = False,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            help="Resume the comparison in an existing session file. With a larger --epochs, "
            "--steps or --seconds, finished runs are trained longer.",
        ),
    ] = False,
    add: Annotated[
        bool, typer.Option("--add", help="Add the comparison to an existing session file.")
    ] = False,
    embed: Annotated[
        bool, typer.Option(help="Store a copy of data under 20 MB in the session file.")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    **_: object,
) -> None:
    """Trains the contenders and reports how they differ, with confidence intervals.

    Example: gate-studio compare temperatures.csv --window 14 --seeds 3 --out temperatures.gates
    """
    from studio.cli.compare_run import CompareRequest
    from studio.runs.planning.longer_training import NewLimits
    from studio.runs.planning.sequential_stopping import until_decided as plan_looks

    options = {name: value for name, value in context.params.items() if value is not None}
    is_session = Path(data).suffix == ".gates"
    if is_session and not resume:
        raise SpecError(
            "is a session file",
            where=data,
            remedy="Use --resume to continue it, or the command show",
        )
    if resume and not is_session and out is None:
        raise SpecError("needs a session file", where="--resume", remedy="Name it with --out")
    spec = None if is_session else build_spec(data, options, data_option or [])
    _refuse_stray_look_options(options, spec)
    if is_session:
        _refuse_changed_settings(context)
    if add and (out is None or resume or overwrite):
        raise SpecError(
            "needs --out, and neither --resume nor --overwrite",
            where="--add",
            remedy="Name the session with --out",
        )
    if no_backup and not overwrite:
        raise SpecError("needs --overwrite", where="--no-backup", remedy="Leave it out")
    if spec is not None and until_decided:
        spec = plan_looks(spec, max_seeds)
    request = CompareRequest(
        spec=spec,
        out=Path(data) if is_session else out,
        overwrite=overwrite,
        resume=resume,
        embed=embed,
        as_json=as_json,
        minutes=budget,
        adds=add,
        backup=not no_backup,
        longer=NewLimits(**{name: options.get(name) for name in _LIMITS} if is_session else {}),
    )
    try:
        _run(request, sizes, spec)
    except SpecError as error:
        field = error.field or error.where
        where = flag_of(field)
        if sizes is not None and field in {"sizes", "training_examples"}:
            where = "--sizes"
        raise SpecError(error.what, where=where or error.where, remedy=error.remedy) from None


def _run(request: "CompareRequest", sizes: str | None, spec: ComparisonSpec | None) -> None:
    from studio.cli.compare_run import run_comparison

    if sizes is None:
        run_comparison(request)
        return
    from studio.cli.learning_curve_run import run_sizes

    if spec is not None and spec.task.training_examples is not None:
        raise SpecError(
            "cannot be combined with training_examples, which sets a single size",
            where="sizes",
            remedy="Leave one out",
        )
    if spec is not None and spec.looks is not None:
        raise SpecError(
            "cannot be combined with interim looks, which add seeds to a single size",
            where="sizes",
            remedy="Give --seeds instead of --until-decided",
        )
    run_sizes(request, parse_training_sizes(sizes))


def _refuse_changed_settings(context: typer.Context) -> None:
    """A resumed session keeps its settings, so options that would be ignored are refused."""
    for parameter in context.command.params:
        name = parameter.name or ""
        source = context.get_parameter_source(name)
        is_given = source is not None and source.name == "COMMANDLINE"
        if is_given and name not in _ALLOWED_ON_RESUMING:
            raise SpecError(
                "is fixed when a comparison starts, and a resumed session keeps its settings",
                where=parameter.opts[0],
                remedy="Leave it out, or start a new comparison in another file",
            )


def _refuse_stray_look_options(options: dict[str, Any], spec: ComparisonSpec | None) -> None:
    """Interim looks are planned before the first run; their options need --until-decided."""
    until_decided = options["until_decided"]
    if spec is None and (until_decided or "max_seeds" in options):
        raise SpecError(
            "is fixed when a comparison starts",
            where="--until-decided" if until_decided else "--max-seeds",
            remedy="Leave it out: a session that started with interim looks keeps them",
        )
    if spec is None or until_decided:
        return
    if "max_seeds" in options or ("budget" in options and spec.looks is None):
        flag = "--max-seeds" if "max_seeds" in options else "--budget"
        raise SpecError("needs --until-decided", where=flag, remedy="Add it")
