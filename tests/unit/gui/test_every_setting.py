"""Every setting of a comparison can be set in the window, on the command line and in a file."""

import inspect
import json
import os
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from studio.cli.commands.compare import compare
from studio.core.specs.comparison_spec import (
    ComparisonSpec,
    ContenderSpec,
    MachineSpec,
    TaskSpec,
    TrainingSpec,
)
from studio.core.specs.experiment import read_experiment
from studio.core.specs.settings import Spec, setting_info
from studio.gui.pages.data.task_card import FIELDS
from studio.gui.pages.models.training_card import MACHINE, MAIN, MORE, VERDICT
from studio.gui.pages.models.view.contenders import CARD_FIELDS
from studio.runs.compare.spec_from_options import build_spec
from studio.runs.compare.spec_options import SPEC_OPTIONS, SpecOption

IN_FORMS: dict[type[Spec], set[str]] = {
    TaskSpec: set(FIELDS),
    ContenderSpec: {*CARD_FIELDS, "name", "cell"},
    ComparisonSpec: set(VERDICT),
    TrainingSpec: {*MAIN, *MORE},
    MachineSpec: set(MACHINE),
}
NO_FORM: dict[type[Spec], dict[str, str]] = {
    TaskSpec: {
        "plugin": "tasks of packages are chosen in the terminal, in Python and in files",
        "target": "the roles of the columns on the page Data",
        "features": "the roles of the columns on the page Data",
        "known_ahead": "the roles of the columns on the page Data",
    },
    ContenderSpec: {
        "lr": "chosen by trying learning rates; otherwise that of the training",
        "weight_decay": "chosen by a search; otherwise that of the training",
    },
    ComparisonSpec: {
        "name": "the window names comparisons after their dataset and settings",
        "dataset": "the page Data",
        "task": "a form of its own",
        "contenders": "a card each",
        "match": "the buttons above the contenders",
        "training": "a form of its own",
        "machine": "a form of its own",
        "looks": "the switch for training until decided",
        "looked": "set by the program",
        "seen_at": "set by the program",
        "rates": "the switch for trying learning rates",
        "tried": "set by the program",
        "asked": "set by the program",
        "searched": "set by the program",
        "search_trials": "set by the program",
    },
    TrainingSpec: {},
    MachineSpec: {},
}
MODELS = tuple(IN_FORMS)
SECTIONS: dict[type[Spec], str] = {
    TaskSpec: "task",
    TrainingSpec: "training",
    MachineSpec: "machine",
}
VALUES: dict[str, object] = {
    "asked": {"name": "x"},
    "calendar": ["hour"],
    "cell": "rnn",
    "contenders": [{"cell": "rnn"}],
    "dataset": {"source": "generated", "generator": "adding"},
    "features": ["x", "y"],
    "known_ahead": ["x", "y"],
    "looks": [3, 5],
    "nonlinearity": "relu",
    "quantiles": [0.25, 0.5, 0.75],
    "rates": [0.01, 0.1],
    "repeats": 1,  # without folds
    "split": [0.5, 0.2, 0.3],
    "target": ["x"],
    "tried": [0.01, 0.1],
    "seen_at": [3, 5],
    "searched": ["lr"],
}
CELL_OF = {"nonlinearity": "rnn", "cell": "rnn", "kernel_size": "tcn"}


def value_of(model: type[Spec], field: str) -> Any:  # noqa: ANN401 - a value for any field
    """A valid value that is not the default."""
    value_type, default = SpecOption(model, field).value_type, model.model_fields[field].default
    if field in VALUES:
        return VALUES[field]
    if isinstance(default, Spec):
        return {}
    if get_origin(value_type) is Literal:
        return next(value for value in reversed(get_args(value_type)) if value != default)
    if value_type is bool:
        return not default
    if value_type is str:
        return "x"
    return (default or 2) + 1 if value_type is int else (default or 0.2) / 2


@pytest.mark.parametrize("model", MODELS)
def test_every_field_has_a_form_or_a_reason_why_not(model: type[Spec]) -> None:
    fields, reasons = IN_FORMS[model], NO_FORM[model]
    assert fields | reasons.keys() == model.model_fields.keys()
    assert not fields & reasons.keys()


@pytest.mark.parametrize("model", MODELS)
def test_every_field_has_an_option_or_a_reason_why_not(model: type[Spec]) -> None:
    parameters = inspect.signature(compare).parameters
    for field, info in model.model_fields.items():
        option = SpecOption(model, field)
        assert (option in SPEC_OPTIONS) == (not setting_info(info).no_option), field
        if option in SPEC_OPTIONS:
            assert option.parameter in parameters, field


def test_no_two_fields_share_an_option() -> None:
    flags = [option.flag for option in SPEC_OPTIONS]
    assert sorted(set(flags)) == sorted(flags)


def toml_value(value: object) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name} = {toml_value(item)}' for name, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml_value, value))}]"
    return json.dumps(value)


def as_values(model: type[Spec], field: str) -> dict[str, Any]:
    """A comparison as plain values, with a value for one field."""
    values: dict[str, Any] = {"dataset": VALUES["dataset"]}
    if model is ComparisonSpec:
        return {**values, field: value_of(model, field)}
    setting = {field: value_of(model, field)}
    if model is ContenderSpec:
        return {**values, "contenders": [{"cell": CELL_OF.get(field, "gru"), **setting}]}
    return {**values, SECTIONS[model]: setting}


FIELDS_OF_ALL = [(model, field) for model in MODELS for field in model.model_fields]


@pytest.mark.parametrize(("model", "field"), FIELDS_OF_ALL)
def test_an_experiment_file_sets_every_field(tmp_path: Path, model: type[Spec], field: str) -> None:
    values = as_values(model, field)
    path = tmp_path / "experiment.toml"
    path.write_text("\n".join(f"{name} = {toml_value(value)}" for name, value in values.items()))
    assert read_experiment(path) == ComparisonSpec.model_validate(values)


@pytest.mark.parametrize("option", SPEC_OPTIONS, ids=lambda option: option.flag)
def test_an_option_sets_its_field(option: SpecOption) -> None:
    value = value_of(option.model, option.field)
    given = ",".join(map(str, value)) if isinstance(value, list) else value
    options = {option.parameter: given}
    if option.model is ContenderSpec and "cells" not in options:
        options["cells"] = CELL_OF.get(option.field, "gru")
    spec = build_spec("adding", options, {})
    assert spec == ComparisonSpec.model_validate(as_values(option.model, option.field))


@pytest.mark.parametrize(
    ("flag", "value", "cells", "values"),
    [
        ("nonlinearity", "relu", "gru,rnn", [None, "relu"]),
        ("forget_bias", 1.5, "lstm,rnn", [1.5, None]),
        ("kernel_size", 5, "gru,tcn", [None, 5]),
    ],
)
def test_a_setting_of_some_cells_is_given_to_those(
    flag: str, value: object, cells: str, values: list[object]
) -> None:
    spec = build_spec("adding", {flag: value, "cells": cells}, {})
    assert [getattr(contender, flag) for contender in spec.contenders] == values
