from typing import Any

import pytest
from pydantic import BaseModel

from studio.core.errors import SpecError
from studio.core.specs.comparison_spec import (
    ComparisonSpec,
    ContenderSpec,
    FileDataset,
    GeneratedDataset,
    MachineSpec,
    TaskSpec,
    TrainingSpec,
)
from studio.core.specs.experiment import parse_comparison
from studio.core.specs.settings import setting_info

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
def test_every_field_has_a_label_and_neutral_help(spec: type[BaseModel]) -> None:
    for name, field in spec.model_fields.items():
        assert field.title, name
        assert field.description, name
        assert field.description.endswith("."), name
        assert "blank" not in field.description, name
        assert setting_info(field).unset, name


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
        ({"contenders": [{"cell": "rnn", "forget_bias": 1}]}, "contenders.0.forget_bias"),
        ({"contenders": [{"cell": "gru", "nonlinearity": "relu"}]}, "contenders.0.nonlinearity"),
        ({"contenders": [{"cell": "rnn", "nonlinearity": "elu"}]}, "nonlinearity"),
        ({"contenders": [{"cell": "tcn", "bidirectional": True}]}, "contenders.0.bidirectional"),
        ({"contenders": [{"cell": "tcn", "forget_bias": 1}]}, "contenders.0.forget_bias"),
        ({"contenders": [{"cell": "tcn", "nonlinearity": "tanh"}]}, "contenders.0.nonlinearity"),
        ({"contenders": [{"cell": "tcn", "kernel_size": 1}]}, "contenders.0.kernel_size"),
        ({"contenders": [{"cell": "gru", "kernel_size": 3}]}, "contenders.0.kernel_size"),
        ({"contenders": [{"name": "A"}, {"name": "A"}]}, "contenders"),
        ({"contenders": [{"name": "A"}, {"name": "a"}]}, "contenders"),
        ({"machine": {"device": "cpu", "precision": "bf16"}}, "machine.precision"),
        ({"margin": 0}, "margin"),
        ({"task": {"repeats": 2}}, "task.repeats"),
        ({"looks": [3, 2]}, "looks"),
        ({"looks": [2, 4]}, "looks"),
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
def test_an_invalid_value_is_reported_with_its_field_and_place(
    values: dict[str, Any], field: str
) -> None:
    text = refusal(**values)
    assert text.startswith("here: ")
    assert f"{field}: " in text


def test_every_invalid_value_is_reported_and_nothing_else() -> None:
    text = refusal(training={"epochs": 0}, contenders=[{"cell": "rnn", "forget_bias": 1}])
    assert "training.epochs" in text
    assert "no gate that keeps the old state" in text
    assert "at least 1 item" not in text


def test_a_split_needs_a_test_share_but_no_validation_share() -> None:
    assert "the test set" in refusal(task={"split": (0.8, 0.2, 0)})
    for split in ((0.8, 0, 0.2), (1.0, 0.0)):
        spec = parse_comparison({"dataset": FILE, "task": {"split": split}}, "here")
        assert spec.task.split == split


def test_contenders_without_a_name_are_named_after_their_cells() -> None:
    given = [{"name": "gru"}, {"cell": "gru"}, {"cell": "gru"}, {"cell": "lstm"}]
    spec = parse_comparison({"dataset": FILE, "contenders": given}, "here")
    assert [contender.name for contender in spec.contenders] == ["gru", "GRU 2", "GRU 3", "LSTM"]


def test_specs_cannot_be_changed() -> None:
    spec = TrainingSpec()
    with pytest.raises(ValueError, match="frozen"):
        spec.epochs = 3  # type: ignore[misc]


def test_seeds_are_counted_from_the_first() -> None:
    assert TrainingSpec(seeds=3, first_seed=5).seed_list == (5, 6, 7)
