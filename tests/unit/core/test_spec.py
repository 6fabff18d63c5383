from typing import Any

import pytest
from pydantic import BaseModel

from studio.core.errors import SpecError
from studio.core.experiment import parse_comparison
from studio.core.spec import (
    ComparisonSpec,
    ContenderSpec,
    FileDataset,
    GeneratedDataset,
    MachineSpec,
    TaskSpec,
    TrainingSpec,
)

SPECS = [
    ComparisonSpec,
    ContenderSpec,
    FileDataset,
    GeneratedDataset,
    MachineSpec,
    TaskSpec,
    TrainingSpec,
]
FILE = {"source": "file", "path": "data.csv"}
NAN, INFINITY = float("nan"), float("inf")


def refusal(**values: Any) -> str:  # noqa: ANN401 - wrong on purpose
    with pytest.raises(SpecError) as caught:
        parse_comparison({"dataset": FILE, **values}, "here")
    return str(caught.value)


@pytest.mark.parametrize("spec", SPECS)
def test_every_field_has_what_a_form_shows(spec: type[BaseModel]) -> None:
    for name, field in spec.model_fields.items():
        assert field.title, name
        assert field.description, name
        assert field.description.endswith((".", "relu.")), name
        assert isinstance(field.json_schema_extra, dict), name
        assert {"unit", "group"} <= field.json_schema_extra.keys(), name


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"training": {"epochs": 0}}, "training.epochs"),
        ({"training": {"lr": -1}}, "training.lr"),
        ({"training": {"lr": NAN}}, "training.lr"),
        ({"training": {"clip": INFINITY}}, "training.clip"),
        ({"training": {"optimizer": "magic"}}, "training.optimizer"),
        ({"training": {"first_seed": 2**70}}, "training.first_seed"),
        ({"task": {"split": (0.5, 0.1, 0.2)}}, "task.split"),
        ({"task": {"split": (NAN, 0.5, 0.5)}}, "task.split.0"),
        ({"task": {"split": (1.2, -0.2)}}, "task.split"),
        ({"task": {"split": (0, 0.5, 0.5)}}, "task.split"),
        ({"task": {"split": (1.0,)}}, "task.split"),
        ({"task": {"horizon": 0}}, "task.horizon"),
        ({"contenders": []}, "contenders"),
        ({"contenders": [{"cell": "transformer"}]}, "contenders.0.cell"),
        ({"contenders": [{}, {"hidden_size": 0}]}, "contenders.1.hidden_size"),
        ({"contenders": [{"cell": "rnn", "forget_bias": 1}]}, "forget_bias"),
        ({"contenders": [{"cell": "gru", "nonlinearity": "relu"}]}, "nonlinearity"),
        ({"contenders": [{"cell": "rnn", "nonlinearity": "elu"}]}, "nonlinearity"),
        ({"contenders": [{"name": "A"}, {"name": "A"}]}, "contenders"),
        ({"contenders": [{"name": "A"}, {"name": "a"}]}, "contenders"),
        ({"machine": {"device": "cpu", "precision": "bf16"}}, "precision"),
        ({"margin": 0}, "margin"),
        ({"machine": {"device": "tpu"}}, "machine.device"),
        ({"colour": "red"}, "colour"),
        ({"file": "data.csv"}, "file"),
        ({"dataset": {**FILE, "file": "x"}}, "dataset.file"),
        ({"dataset": {"source": "file"}}, "dataset.path"),
        ({"dataset": {"path": "data.csv"}}, "dataset"),
        ({"dataset": {"source": "web"}}, "dataset"),
        ({"dataset": {**FILE, "delimiter": ",,"}}, "dataset.delimiter"),
    ],
)
def test_a_wrong_value_names_its_field_and_where_it_stands(
    values: dict[str, Any], field: str
) -> None:
    text = refusal(**values)
    assert text.startswith("here: ")
    assert f"{field}: " in text


def test_every_wrong_value_is_told_and_nothing_else() -> None:
    text = refusal(training={"epochs": 0}, contenders=[{"cell": "rnn", "forget_bias": 1}])
    assert "training.epochs" in text
    assert "no gate that keeps the old state" in text
    assert "at least 1 item" not in text


def test_a_part_without_a_test_share_is_refused_but_a_missing_validation_is_not() -> None:
    assert "the test part" in refusal(task={"split": (0.8, 0.2, 0)})
    for split in ((0.8, 0, 0.2), (1.0, 0.0)):
        spec = parse_comparison({"dataset": FILE, "task": {"split": split}}, "here")
        assert spec.task.split == split


def test_contenders_without_a_name_take_the_free_names_of_their_cells() -> None:
    given = [{"name": "gru"}, {"cell": "gru"}, {"cell": "gru"}, {"cell": "lstm"}]
    spec = parse_comparison({"dataset": FILE, "contenders": given}, "here")
    assert [each.name for each in spec.contenders] == ["gru", "GRU 2", "GRU 3", "LSTM"]


def test_specs_cannot_be_changed() -> None:
    spec = TrainingSpec()
    with pytest.raises(ValueError, match="frozen"):
        spec.epochs = 3  # type: ignore[misc]


def test_seeds_are_counted_from_the_first() -> None:
    assert TrainingSpec(seeds=3, first_seed=5).seed_list == (5, 6, 7)
