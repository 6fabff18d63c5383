"""The comparison that the arguments of gate-studio compare describe."""

from pathlib import Path
from typing import Any

from studio.cli.options import dataset_spec, numbers, parse_options, separated
from studio.core.cells import CELLS
from studio.core.errors import SpecError
from studio.core.experiment import read_experiment
from studio.core.spec import (
    ComparisonSpec,
    ContenderSpec,
    MachineSpec,
    Spec,
    TaskSpec,
    TrainingSpec,
)

_SECTIONS: dict[str, type[Spec]] = {
    "task": TaskSpec,
    "training": TrainingSpec,
    "machine": MachineSpec,
}


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
