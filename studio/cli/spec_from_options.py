"""The comparison that the arguments of gate-studio compare describe."""

from pathlib import Path
from typing import Any

from studio.cli.options import SPEC_OPTIONS, dataset_spec, parse_options, split_list
from studio.core.cells import CELLS, Cell
from studio.core.errors import SpecError
from studio.core.specs.comparison_spec import (
    ComparisonSpec,
    ContenderSpec,
    MachineSpec,
    Spec,
    TaskSpec,
    TrainingSpec,
)
from studio.core.specs.experiment import read_experiment

_SECTIONS: dict[type[Spec], str] = {
    TaskSpec: "task",
    TrainingSpec: "training",
    MachineSpec: "machine",
}


def build_spec(data: str, options: dict[str, Any], data_options: list[str]) -> ComparisonSpec:
    """The comparison that the arguments describe; options override an experiment file.

    Args:
        data: A data file, a generator or an experiment file.
        options: The options that were given, by parameter name.
        data_options: KEY=VALUE pairs for reading or generating.

    Raises:
        SpecError: A value is invalid; the message names it.
    """
    if Path(data).suffix == ".toml":
        if data_options:
            raise SpecError("applies to data files, not to experiment files", where="--data-option")
        values = read_experiment(Path(data)).model_dump()
    else:
        values = {"dataset": dataset_spec(data, data_options).model_dump()}
    values["contenders"] = _contenders(values.get("contenders"), options)
    values.update(_values_for(ComparisonSpec, options))
    for model, section in _SECTIONS.items():
        values[section] = {**values.get(section, {}), **_values_for(model, options)}
    spec = parse_options(values, options)
    if "trials" in options:
        if spec.rates is not None:
            raise SpecError(
                "cannot be combined with --rates", where="--trials", remedy="Leave one out"
            )
        from studio.runs.planning.tuning import random_rates

        rates = random_rates(spec.training.lr, options["trials"], spec.training.first_seed)
        spec = spec.model_copy(update={"rates": rates})
    return spec


def _values_for(model: type[Spec], options: dict[str, Any]) -> dict[str, Any]:
    """The fields of a spec that options set, parsed."""
    return {
        option.field: option.parse(options[option.parameter])
        for option in SPEC_OPTIONS
        if option.model is model and option.parameter in options
    }


def _contenders(
    contenders: list[dict[str, Any]] | None, options: dict[str, Any]
) -> list[dict[str, Any]]:
    """The contenders with the settings that options give to all of them.

    A setting that only some cells have is given to those; if none has it, all get it and the spec
    says what is wrong.
    """
    settings = _values_for(ContenderSpec, options)
    if "cell" in settings:
        contenders = [{"cell": cell.lower()} for cell in split_list(settings.pop("cell"))]
        if not contenders:
            raise SpecError(
                "names no cell", where="--cells", remedy=f"Choose from {', '.join(CELLS)}"
            )
    contenders = contenders or [{"cell": "gru"}, {"cell": "lstm"}]
    cells = [CELLS.get(contender["cell"]) for contender in contenders]
    for field, value in settings.items():
        suited = [cell is not None and _has(cell, field) for cell in cells]
        for contender, is_suited in zip(contenders, suited, strict=True):
            if is_suited or not any(suited):
                contender[field] = value
    return contenders


def _has(cell: Cell, field: str) -> bool:
    """Whether a cell has this setting."""
    if field == "forget_bias":
        return cell.memory_gate is not None
    if field == "kernel_size":
        return not cell.is_recurrent
    return field != "nonlinearity" or bool(cell.nonlinearities)
