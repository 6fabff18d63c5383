"""gate-studio compare: a whole comparison in the terminal."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from studio.cli.building import build_spec
from studio.cli.options import Flag, flag_of, option
from studio.core.errors import SpecError
from studio.core.spec import (
    ComparisonSpec,
    ContenderSpec,
    Device,
    EngineName,
    MachineSpec,
    Match,
    Optimizer,
    Pooling,
    Precision,
    Scaling,
    Schedule,
    TaskKind,
    TaskSpec,
    TrainingSpec,
)
from studio.core.task import ClassWeights, Duplicates, Kept, Missing, SymbolInput
from studio.core.training_sizes import portions_of

if TYPE_CHECKING:
    from studio.cli.running import Request

_TASK, _NET, _TRAIN, _MACHINE = TaskSpec, ContenderSpec, TrainingSpec, MachineSpec
_COMMAS = "Separate with commas."
_HEARD_ON_RESUMING = {"data", "resume", "budget", "sizes", "embed", "as_json"}
_SHARES = "Default: 0.7,0.1,0.2, or 0.8,0.2 of a given training file."


def compare(
    context: typer.Context,
    data: Annotated[
        str,
        typer.Argument(
            metavar="DATA-or-EXPERIMENT.toml",
            help="A data file, the name of a generator, or an experiment file.",
        ),
    ],
    task: Annotated[TaskKind | None, option(_TASK, "kind", "--task")] = None,
    target: Annotated[str | None, option(_TASK, "target", more=_COMMAS, metavar="A,B")] = None,
    features: Annotated[str | None, option(_TASK, "features", more=_COMMAS, metavar="A,B")] = None,
    window: Annotated[int | None, option(_TASK, "window")] = None,
    horizon: Annotated[int | None, option(_TASK, "horizon")] = None,
    stride: Annotated[int | None, option(_TASK, "stride")] = None,
    split: Annotated[str | None, option(_TASK, "split", more=_SHARES, metavar="A,B,C")] = None,
    split_seed: Annotated[int | None, option(_TASK, "split_seed")] = None,
    training_examples: Annotated[int | None, option(_TASK, "training_examples")] = None,
    folds: Annotated[int | None, option(_TASK, "folds")] = None,
    repeats: Annotated[int | None, option(_TASK, "repeats")] = None,
    group: Annotated[str | None, option(_TASK, "group", metavar="COLUMN")] = None,
    duplicates: Annotated[Duplicates | None, option(_TASK, "duplicates")] = None,
    missing: Annotated[Missing | None, option(_TASK, "missing")] = None,
    longest: Annotated[int | None, option(_TASK, "longest")] = None,
    kept: Annotated[Kept | None, option(_TASK, "kept")] = None,
    calendar: Annotated[str | None, option(_TASK, "calendar", more=_COMMAS, metavar="A,B")] = None,
    symbols: Annotated[SymbolInput | None, option(_TASK, "symbols")] = None,
    vocabulary: Annotated[int | None, option(_TASK, "vocabulary")] = None,
    carry_state: Annotated[Flag, option(_TASK, "carry_state")] = None,
    scaling: Annotated[Scaling | None, option(_TASK, "scaling")] = None,
    class_weights: Annotated[ClassWeights | None, option(_TASK, "class_weights")] = None,
    cells: Annotated[
        str | None,
        typer.Option(
            metavar="A,B", help="The contenders' cells: gru, lstm, rnn. Default: gru,lstm."
        ),
    ] = None,
    hidden_size: Annotated[int | None, option(_NET, "hidden_size")] = None,
    num_layers: Annotated[int | None, option(_NET, "num_layers")] = None,
    bidirectional: Annotated[Flag, option(_NET, "bidirectional")] = None,
    dropout: Annotated[float | None, option(_NET, "dropout")] = None,
    embedding_size: Annotated[int | None, option(_NET, "embedding_size")] = None,
    pooling: Annotated[Pooling | None, option(_NET, "pooling")] = None,
    forget_bias: Annotated[float | None, option(_NET, "forget_bias")] = None,
    match: Annotated[Match | None, option(ComparisonSpec, "match")] = None,
    epochs: Annotated[int | None, option(_TRAIN, "epochs")] = None,
    steps: Annotated[int | None, option(_TRAIN, "steps")] = None,
    seconds: Annotated[float | None, option(_TRAIN, "seconds", metavar="NUMBER")] = None,
    batch_size: Annotated[int | None, option(_TRAIN, "batch_size")] = None,
    lr: Annotated[float | None, option(_TRAIN, "lr", metavar="NUMBER")] = None,
    schedule: Annotated[Schedule | None, option(_TRAIN, "schedule")] = None,
    optimizer: Annotated[Optimizer | None, option(_TRAIN, "optimizer")] = None,
    momentum: Annotated[float | None, option(_TRAIN, "momentum")] = None,
    weight_decay: Annotated[float | None, option(_TRAIN, "weight_decay")] = None,
    clip: Annotated[
        float | None, option(_TRAIN, "clip", more="0 does not clip.", metavar="NUMBER")
    ] = None,
    patience: Annotated[int | None, option(_TRAIN, "patience")] = None,
    seeds: Annotated[int | None, option(_TRAIN, "seeds")] = None,
    first_seed: Annotated[int | None, option(_TRAIN, "first_seed")] = None,
    rates: Annotated[
        str | None, option(ComparisonSpec, "rates", more=_COMMAS, metavar="A,B")
    ] = None,
    trials: Annotated[
        int | None,
        typer.Option(
            min=2,
            max=16,
            help="So many random learning rates are tried instead, the same for all contenders.",
            metavar="NUMBER",
        ),
    ] = None,
    max_seeds: Annotated[
        int | None,
        typer.Option(
            min=2, max=1000, help="The most seeds until decided. Default: 20.", metavar="NUMBER"
        ),
    ] = None,
    budget: Annotated[
        float | None,
        typer.Option(
            min=0,
            help="Minutes after which no seed is added until decided; left out, there is no limit.",
            metavar="MINUTES",
        ),
    ] = None,
    sizes: Annotated[
        str | None,
        typer.Option(
            help="A learning curve: one comparison for each of these sizes of the training part, "
            "such as 100,300,1000 or 10%,30%,100%; what the session has is not trained again.",
            metavar="A,B",
        ),
    ] = None,
    margin: Annotated[float | None, option(ComparisonSpec, "margin", metavar="NUMBER")] = None,
    device: Annotated[Device | None, option(_MACHINE, "device")] = None,
    engine: Annotated[EngineName | None, option(_MACHINE, "engine")] = None,
    threads: Annotated[int | None, option(_MACHINE, "threads")] = None,
    precision: Annotated[Precision | None, option(_MACHINE, "precision")] = None,
    deterministic: Annotated[Flag, option(_MACHINE, "deterministic")] = None,
    data_option: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=VALUE", help="For reading or generating, such as encoding=cp1252."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="SESSION.gates", help="The session file.")
    ] = None,
    *,
    until_decided: Annotated[
        bool,
        typer.Option(
            "--until-decided",
            help="Add seeds in looks, 3, 5, 8, 12, 20, until the main metric has a verdict.",
        ),
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the session file that is there.")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the session file that is there.")
    ] = False,
    add: Annotated[
        bool,
        typer.Option("--add", help="Compare in the session file that is there, beside the others."),
    ] = False,
    embed: Annotated[
        bool, typer.Option(help="Keep a copy of data under 20 MB in the session file.")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Trains the contenders side by side and says what differs, with its uncertainty.

    Example: gate-studio compare temperatures.csv --window 14 --seeds 3 --out temperatures.gates
    """
    from studio.cli.running import Request  # noqa: PLC0415 - --help does without
    from studio.runs.deciding import until_decided as plan_looks  # noqa: PLC0415 - likewise

    options = {name: value for name, value in context.params.items() if value is not None}
    is_session = Path(data).suffix == ".gates"
    if is_session and not resume:
        raise SpecError(
            "is a session file", where=data, remedy="Add --resume to go on with it, or use show"
        )
    if resume and not is_session and out is None:
        raise SpecError(
            "goes on with a session file", where="--resume", remedy="Name it with --out"
        )
    spec = None if is_session else build_spec(data, options, data_option or [])
    _refuse_loose_looks(options, spec)
    if is_session:
        _refuse_what_is_settled(context)
    if add and (out is None or resume or overwrite):
        raise SpecError("goes with --out alone", where="--add", remedy="Name the session with it")
    if spec is not None and until_decided:
        spec = plan_looks(spec, max_seeds)
    request = Request(
        spec=spec,
        out=Path(data) if is_session else out,
        overwrite=overwrite,
        resume=resume,
        embed=embed,
        as_json=as_json,
        minutes=budget,
        adds=add,
    )
    try:
        _run(request, sizes, spec)
    except SpecError as error:
        where = flag_of(error.where)
        if sizes is not None and error.where in {"sizes", "training_examples"}:
            where = "--sizes"
        raise SpecError(error.what, where=where or error.where, remedy=error.remedy) from None


def _run(request: "Request", sizes: str | None, spec: ComparisonSpec | None) -> None:
    from studio.cli.running import run_comparison  # noqa: PLC0415 - --help does without

    if sizes is None:
        run_comparison(request)
        return
    from studio.cli.sizes import run_sizes  # noqa: PLC0415 - likewise

    if spec is not None and spec.task.training_examples is not None:
        raise SpecError(
            "are those of the whole training part, and training_examples cuts it to one",
            where="sizes",
            remedy="Leave one out",
        )
    if spec is not None and spec.looks is not None:
        raise SpecError(
            "have the same seeds each, and looks add seeds to one",
            where="sizes",
            remedy="Give --seeds instead of --until-decided",
        )
    run_sizes(request, portions_of(sizes))


def _refuse_what_is_settled(context: typer.Context) -> None:
    """A session that is gone on with keeps its settings: none that is given may be ignored."""
    for parameter in context.command.params:
        name = parameter.name or ""
        source = context.get_parameter_source(name)
        is_given = source is not None and source.name == "COMMANDLINE"
        if is_given and name not in _HEARD_ON_RESUMING:
            raise SpecError(
                "is settled when a comparison begins, and a session goes on as it began",
                where=parameter.opts[0],
                remedy="Leave it out, or compare anew with it in another file",
            )


def _refuse_loose_looks(options: dict[str, Any], spec: ComparisonSpec | None) -> None:
    """What is planned before the first run cannot be planned after it, or without looks."""
    begins = options["until_decided"]
    if spec is None and (begins or "max_seeds" in options):
        raise SpecError(
            "is settled when a comparison begins",
            where="--until-decided" if begins else "--max-seeds",
            remedy="Leave it out: a session that was begun with looks goes on with them",
        )
    if spec is None or begins:
        return
    if "max_seeds" in options or ("budget" in options and spec.looks is None):
        flag = "--max-seeds" if "max_seeds" in options else "--budget"
        raise SpecError("goes with --until-decided", where=flag, remedy="Add that")
