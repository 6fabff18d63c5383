"""The comparison that the options of compare describe."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from studio.core.cells import CELLS, Cell
from studio.core.errors import SpecError
from studio.core.specs.comparison_spec import (
    ComparisonSpec,
    ContenderSpec,
    DatasetSpec,
    MachineSpec,
    Spec,
    TaskSpec,
    TrainingSpec,
)
from studio.core.specs.experiment import read_experiment
from studio.runs.compare.spec_options import (
    SPEC_OPTIONS,
    Called,
    as_flag,
    dataset_spec,
    parse_options,
    split_list,
)

_SECTIONS: dict[type[Spec], str] = {
    TaskSpec: "task",
    TrainingSpec: "training",
    MachineSpec: "machine",
}


def build_spec(
    data: str | DatasetSpec,
    options: Mapping[str, Any],
    data_options: Mapping[str, Any],
    called: Called = as_flag,
) -> ComparisonSpec:
    """The comparison that the arguments describe; options override an experiment file.

    Args:
        data: A data file, a generator or an experiment file, or the dataset itself.
        options: The options that were given, by parameter name.
        data_options: Settings for reading or generating, by name.
        called: How messages name an option.

    Raises:
        SpecError: A value is invalid; the message names it.
    """
    values = _values_of(data, data_options, called("--data-option"))
    values["contenders"] = _contenders(values.get("contenders"), options, called)
    values.update(_values_for(ComparisonSpec, options, called))
    for model, section in _SECTIONS.items():
        values[section] = {**values.get(section, {}), **_values_for(model, options, called)}
    spec = parse_options(values, options, called)
    if "trials" in options:
        if spec.rates is not None:
            raise SpecError(
                f"cannot be combined with {called('--rates')}",
                where=called("--trials"),
                remedy="Leave one out",
            )
        from studio.runs.planning.tuning import random_rates

        rates = random_rates(spec.training.lr, options["trials"], spec.training.first_seed)
        spec = spec.model_copy(update={"rates": rates})
    return spec


def _values_of(
    data: str | DatasetSpec, data_options: Mapping[str, Any], where: str
) -> dict[str, Any]:
    """An experiment file's settings, or those of a dataset alone, as plain values."""
    if not isinstance(data, str):
        return {"dataset": data.model_dump()}
    if Path(data).suffix != ".toml":
        return {"dataset": dataset_spec(data, data_options, where).model_dump()}
    if data_options:
        raise SpecError("applies to data files, not to experiment files", where=where)
    return read_experiment(Path(data)).model_dump()


def _values_for(model: type[Spec], options: Mapping[str, Any], called: Called) -> dict[str, Any]:
    """The fields of a spec that options set, parsed."""
    return {
        option.field: option.parse(options[option.parameter], called)
        for option in SPEC_OPTIONS
        if option.model is model and option.parameter in options
    }


def _contenders(
    contenders: list[dict[str, Any]] | None, options: Mapping[str, Any], called: Called
) -> list[dict[str, Any]]:
    """The contenders with the settings that options give to all of them.

    A setting that only some cells have is given to those; if none has it, all get it and the spec
    says what is wrong.
    """
    settings = _values_for(ContenderSpec, options, called)
    if "cell" in settings:
        contenders = [{"cell": cell.lower()} for cell in split_list(settings.pop("cell"))]
        if not contenders:
            raise SpecError(
                "names no cell", where=called("--cells"), remedy=f"Choose from {', '.join(CELLS)}"
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
