"""gate-studio compare: a comparison in the terminal."""

from typing import Annotated

import typer

from studio.cli.options import pairs, with_spec_options
from studio.cli.output import print_message
from studio.cli.run_options import (
    AsJson,
    Cells,
    CertificateToUse,
    ClusterToUse,
    DataOption,
    Out,
    Overwrite,
    Static,
)


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
    cells: Cells = None,
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
    parallel: Annotated[
        str | None,
        typer.Option(
            help="Train runs on this many worker processes instead of in turns; auto chooses what "
            "is faster.",
            metavar="<N|auto>",
        ),
    ] = None,
    workers: ClusterToUse = None,
    certificate: CertificateToUse = None,
    fit: Annotated[
        str | None,
        typer.Option(
            help="Give each contender the largest hidden size that fits this device in single "
            "precision, a profile by name or path as in gate-studio device. Default: none.",
            metavar="PROFILE",
        ),
    ] = None,
    fit_int8: Annotated[
        bool,
        typer.Option("--fit-int8", help="With --fit, count with int8 weights instead."),
    ] = False,
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
    smallest: Annotated[
        bool,
        typer.Option(
            "--smallest",
            help="Search for the smallest hidden size of each contender, up to its own, whose "
            "score is practically the same as the best one's; each round is a comparison in the "
            "session.",
        ),
    ] = False,
    data_option: DataOption = None,
    static: Static = None,
    out: Out = None,
    until_decided: Annotated[
        bool,
        typer.Option(
            "--until-decided",
            help="Add seeds until the verdict on the main metric is decided, with interim looks at "
            "3, 5, 8, 12 and 20 seeds.",
        ),
    ] = False,
    overwrite: Overwrite = False,
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
    as_json: AsJson = False,
    **_: object,
) -> None:
    """Trains the contenders and reports how they differ, with confidence intervals.

    Example: gate-studio compare temperatures.csv --window 14 --seeds 3 --out temperatures.gates
    """
    from studio.cli.compare_run import compare_and_print
    from studio.core.specs.device_profile import find_profile
    from studio.paths import devices, user_folders
    from studio.runs.compare.request import compare_request, naming_options, unmade_search

    options = {name: value for name, value in context.params.items() if value is not None}
    options["data_option"] = pairs(data_option or [])
    if workers is not None:
        options["certificate"] = certificate or user_folders().certificate
    if fit is not None:
        options["fit"] = find_profile(fit, devices())
    request = compare_request(data, options, given=_given(context))
    if told := unmade_search(data):
        print_message(told)
    with naming_options(request):
        compare_and_print(request, as_json=as_json)


def _given(context: typer.Context) -> frozenset[str]:
    """The names of the parameters that stand on the command line."""
    names = (parameter.name or "" for parameter in context.command.params)
    return frozenset(name for name in names if _is_given(context, name))


def _is_given(context: typer.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"
