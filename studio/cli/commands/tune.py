"""gate-studio tune: a search for settings, then the comparison of the best."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.options import pairs, with_spec_options
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
from studio.core.errors import SpecError
from studio.core.specs.search_spec import SEARCHED, Pruning, Sampler

if TYPE_CHECKING:
    from studio.runs.workers.certificate import ClusterAddress


@with_spec_options
def tune(
    context: typer.Context,
    data: Annotated[
        str,
        typer.Argument(
            metavar="DATA-or-EXPERIMENT.toml",
            help="A data file, the name of a generator, an experiment file; with --resume a "
            "session.",
        ),
    ],
    *,
    cells: Cells = None,
    search: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=LOW..HIGH",
            help=f"What is searched, as a range or a list such as hidden_size=16,32; once for each "
            f"of {', '.join(SEARCHED)}. Default: lr from a tenth to ten times, dropout 0, 0.1, "
            "0.3.",
        ),
    ] = None,
    search_trials: Annotated[
        int | None,
        typer.Option("--trials", help="Trials of each contender. Default: 30.", metavar="NUMBER"),
    ] = None,
    sampler: Annotated[
        Sampler | None,
        typer.Option(
            help="How settings are drawn: tpe, random, or grid for all combinations. Default: tpe."
        ),
    ] = None,
    pruning: Annotated[
        Pruning | None,
        typer.Option(
            help="End trials early that lag behind the median of the earlier ones, or by "
            "successive halving. Default: median."
        ),
    ] = None,
    parallel: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=256,
            help="Make this many trials at a time on worker processes. Default: one after another.",
            metavar="NUMBER",
        ),
    ] = None,
    workers: ClusterToUse = None,
    certificate: CertificateToUse = None,
    data_option: DataOption = None,
    static: Static = None,
    out: Out = None,
    overwrite: Overwrite = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue the last search of a session.")
    ] = False,
    as_json: AsJson = False,
    **_: object,
) -> None:
    """Searches settings with the same number of trials for each contender, then compares the best.

    Trials are judged on the validation set alone, with other seeds than the comparison. The search
    is kept in the session; a search that was interrupted goes on with --resume. An experiment file
    may hold the search in a table [search]; options take the place of what it says.

    Example: gate-studio tune temperatures.csv --trials 20 --search lr=0.0003..0.03 --out t.gates
    """
    from studio.cli.tune_run import tune_and_print
    from studio.core.specs.experiment import search_table
    from studio.core.specs.search_spec import SearchSpec, search_from_table
    from studio.runs.compare.request import compare_request, naming_options
    from studio.runs.tuning.tune_run import TuneRequest

    own = {"search", "search_trials", "sampler", "pruning", "parallel", "resume", "as_json"}
    own |= {"workers", "certificate"}
    makers = _makers(parallel, workers, certificate)
    options = {
        name: value
        for name, value in context.params.items()
        if value is not None and name not in own
    }
    options["data_option"] = pairs(data_option or [])
    if resume:
        path = Path(data)
        if path.suffix != ".gates":
            raise SpecError("needs a session file", where="--resume", remedy="Name it: FILE.gates")
        request = TuneRequest(None, SearchSpec((), 1), path, makers)
        tune_and_print(request, as_json=as_json)
        return
    asked = compare_request(data, options)
    assert asked.spec is not None  # noqa: S101 - nothing is resumed
    given = {"search": search, "trials": search_trials, "sampler": sampler, "pruning": pruning}
    over = {name: value for name, value in given.items() if value is not None}
    table = search_table(Path(data)) if Path(data).suffix == ".toml" else None
    training = asked.spec.training
    wanted = search_from_table(table or {}, over, training.lr, training.first_seed)
    place = out or Path(f"{asked.spec.name or 'search'}.gates")
    request = TuneRequest(asked.spec, wanted, place, makers, overwrite)
    with naming_options(asked):
        tune_and_print(request, as_json=as_json)


def _makers(
    parallel: int | None, workers: str | None, certificate: Path | None
) -> "int | ClusterAddress | None":
    """Who makes the trials."""
    if workers is None:
        if certificate is not None:
            raise SpecError("needs --workers", where="--certificate", remedy="Add it")
        return parallel
    if parallel is not None:
        raise SpecError(
            "cannot be combined with --parallel", where="--workers", remedy="Leave one out"
        )
    from studio.paths import user_folders
    from studio.runs.workers.certificate import ClusterAddress, parse_address

    return ClusterAddress(parse_address(workers), certificate or user_folders().certificate)
