"""gate-studio tune: a search for settings, then the comparison of the best."""

from pathlib import Path
from typing import Annotated

import typer

from studio.cli.options import pairs, with_spec_options
from studio.core.errors import SpecError
from studio.core.specs.search_spec import SEARCHED, Pruning, Sampler


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
    cells: Annotated[
        str | None,
        typer.Option(
            metavar="A,B",
            help="Cells of the contenders: gru, lstm, rnn, coupled-lstm, tcn. Default: gru,lstm.",
        ),
    ] = None,
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
        int, typer.Option("--trials", help="Trials of each contender.", metavar="NUMBER")
    ] = 30,
    sampler: Annotated[
        Sampler,
        typer.Option(help="How settings are drawn: tpe, random, or grid for all combinations."),
    ] = "tpe",
    pruning: Annotated[
        Pruning,
        typer.Option(
            help="End trials early that lag behind the median of the earlier ones, or by "
            "successive halving."
        ),
    ] = "median",
    parallel: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=256,
            help="Make this many trials at a time on worker processes. Default: one after another.",
            metavar="NUMBER",
        ),
    ] = None,
    data_option: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=VALUE",
            help="Setting for reading a file or for a generator, such as encoding=cp1252.",
        ),
    ] = None,
    static: Annotated[
        str | None,
        typer.Option(metavar="A,B", help="Static columns of a long table. Default: none."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="SESSION.gates", help="The session file.")
    ] = None,
    overwrite: Annotated[
        bool,
        typer.Option(
            "--overwrite", help="Replace the session file if it exists; a backup is kept."
        ),
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue the last search of a session.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    **_: object,
) -> None:
    """Searches settings with the same number of trials for each contender, then compares the best.

    Trials are judged on the validation set alone, with other seeds than the comparison. The search
    is kept in the session; a search that was interrupted goes on with --resume.

    Example: gate-studio tune temperatures.csv --trials 20 --search lr=0.0003..0.03 --out t.gates
    """
    from studio.cli.tune_run import tune_and_print
    from studio.core.specs.search_spec import SearchSpec, parse_search
    from studio.runs.compare.request import compare_request, naming_options
    from studio.runs.tuning.tune_run import TuneRequest

    own = {"search", "search_trials", "sampler", "pruning", "parallel", "resume", "as_json"}
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
        request = TuneRequest(None, SearchSpec((), 1), path, parallel)
        tune_and_print(request, as_json=as_json)
        return
    asked = compare_request(data, options)
    assert asked.spec is not None  # noqa: S101 - nothing is resumed
    settings = parse_search(search or [], asked.spec.training.lr)
    seed = asked.spec.training.first_seed
    wanted = SearchSpec(settings, search_trials, sampler, pruning, seed)
    place = out or Path(f"{asked.spec.name or 'search'}.gates")
    request = TuneRequest(asked.spec, wanted, place, parallel, overwrite)
    with naming_options(asked):
        tune_and_print(request, as_json=as_json)
