"""gate-studio compare: a whole comparison in the terminal."""

from pathlib import Path
from typing import Annotated, Any

import typer

from studio.cli.options import (
    Flag,
    dataset_spec,
    flag_of,
    numbers,
    option,
    parse_options,
    separated,
)
from studio.core.cells import CELLS
from studio.core.errors import SpecError
from studio.core.experiment import read_experiment
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
    Spec,
    TaskKind,
    TaskSpec,
    TrainingSpec,
)
from studio.core.task import ClassWeights, Duplicates, Kept, Missing, SymbolInput

_TASK, _NET, _TRAIN, _MACHINE = TaskSpec, ContenderSpec, TrainingSpec, MachineSpec
_COMMAS = "Separate with commas."
_SHARES = "Default: 0.7,0.1,0.2, or 0.8,0.2 of a given training file."
_SECTIONS: dict[str, type[Spec]] = {
    "task": TaskSpec,
    "training": TrainingSpec,
    "machine": MachineSpec,
}


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
    from studio.cli.running import Request, run_comparison  # noqa: PLC0415 - --help does without
    from studio.runs.deciding import until_decided as plan_looks  # noqa: PLC0415 - likewise

    options = {name: value for name, value in context.params.items() if value is not None}
    is_session = Path(data).suffix == ".gates"
    if is_session and not resume:
        raise SpecError(
            "is a session file", where=data, remedy="Add --resume to go on with it, or use show"
        )
    spec = None if is_session else build_spec(data, options, data_option or [])
    _refuse_loose_looks(options, spec)
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
        run_comparison(request)
    except SpecError as error:
        flag = flag_of(error.where)
        raise SpecError(error.what, where=flag or error.where, remedy=error.remedy) from None


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


def build_spec(data: str, options: dict[str, Any], data_options: list[str]) -> ComparisonSpec:
    """The comparison that the arguments describe; options win over an experiment file.

    Args:
        data: A data file, a generator or an experiment file.
        options: The options that were given, by parameter name.
        data_options: KEY=VALUE pairs for reading or generating.

    Raises:
        SpecError: A value is wrong; the message names it.
    """
    if Path(data).suffix == ".toml":
        if data_options:
            raise SpecError("goes with a data file, not with an experiment", where="--data-option")
        values = read_experiment(Path(data)).model_dump()
    else:
        values = {"dataset": dataset_spec(data, data_options).model_dump()}
    for section, model in _SECTIONS.items():
        given = {name: options[name] for name in model.model_fields if name in options}
        values[section] = {**values.get(section, {}), **_task_values(given, options, section)}
    if options.get("clip") == 0:
        values["training"]["clip"] = None
    values["contenders"] = _contenders(values.get("contenders"), options)
    values.update({name: options[name] for name in ("match", "margin") if name in options})
    if "rates" in options:
        values["rates"] = numbers(options["rates"], "--rates", "0.001,0.003,0.01")
    spec = parse_options(values, options)
    if "trials" in options:
        if spec.rates is not None:
            raise SpecError("goes without --rates", where="--trials", remedy="Leave one out")
        from studio.runs.tuning import random_rates  # noqa: PLC0415 - --help does without

        drawn = random_rates(spec.training.lr, options["trials"], spec.training.first_seed)
        spec = spec.model_copy(update={"rates": drawn})
    return spec


def _task_values(given: dict[str, Any], options: dict[str, Any], section: str) -> dict[str, Any]:
    if section != "task":
        return given
    lists: dict[str, Any] = {
        name: _columns(name, given[name]) for name in ("target", "features") if name in given
    }
    if "calendar" in given:
        lists["calendar"] = separated(given["calendar"])
    if "split" in given:
        lists["split"] = numbers(given["split"], "--split", "0.7,0.1,0.2")
    if "task" in options:
        lists["kind"] = options["task"]
    return {**given, **lists}


def _columns(name: str, given: str) -> tuple[str, ...]:
    columns = separated(given)
    if not columns:
        raise SpecError("names no column", where=f"--{name}", remedy="Leave it out to detect them")
    return columns


def _contenders(
    given: list[dict[str, Any]] | None, options: dict[str, Any]
) -> list[dict[str, Any]]:
    shared = TrainingSpec.model_fields  # a rate for all is that of the training
    own = {
        name: options[name]
        for name in ContenderSpec.model_fields
        if name in options and name not in shared
    }
    if "cells" in options:
        given = [{"cell": cell.lower()} for cell in separated(options["cells"])]
        if not given:
            raise SpecError(
                "names no cell", where="--cells", remedy=f"Choose of {', '.join(CELLS)}"
            )
    bias = own.pop("forget_bias", None)
    given = given or [{"cell": "gru"}, {"cell": "lstm"}]
    contenders = [{**contender, **own} for contender in given]
    if bias is not None:
        for contender in contenders:
            cell = CELLS.get(contender["cell"])
            if cell is not None and cell.memory_gate is not None:
                contender["forget_bias"] = bias
    return contenders
