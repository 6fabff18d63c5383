import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from networks import contenders
from support import ROOT

from studio.core.errors import SpecError
from studio.core.experiment import read_experiment
from studio.core.spec import (
    ComparisonSpec,
    ContenderSpec,
    FileDataset,
    GeneratedDataset,
    MachineSpec,
    TaskSpec,
    TrainingSpec,
    name_contenders,
)

COMPARISONS = st.builds(
    ComparisonSpec,
    name=st.text(st.characters(categories=("L", "N", "P", "Z")), max_size=9),
    dataset=st.one_of(
        st.builds(FileDataset, path=st.just("/somewhere/data.csv"), header=st.booleans()),
        st.builds(
            GeneratedDataset,
            generator=st.just("adding"),
            parameters=st.dictionaries(
                st.sampled_from(["length", "noise", "seed"]),
                st.one_of(st.integers(-9, 9), st.floats(-1, 1), st.booleans(), st.just("1")),
            ),
        ),
    ),
    task=st.builds(
        TaskSpec,
        target=st.none() | st.just(("ä b", "c")),
        split=st.sampled_from([None, (0.7, 0.1, 0.2), (0.8, 0.2), (1 / 3, 1 / 3, 1 / 3)]),
        horizon=st.integers(1, 99),
    ),
    contenders=st.lists(contenders(), min_size=1, max_size=3).map(
        lambda made: name_contenders(tuple(made))
    ),
    training=st.builds(
        TrainingSpec,
        lr=st.floats(1e-9, 100),
        clip=st.none() | st.floats(0.01, 1e3),
        patience=st.none() | st.integers(1, 99),
    ),
    machine=st.just(MachineSpec(threads=2)),
)


def toml_value(value: Any) -> str:  # noqa: ANN401 - any setting
    if isinstance(value, dict):
        pairs = ", ".join(f"{name} = {toml_value(each)}" for name, each in value.items())
        return f"{{{pairs}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml_value, value))}]"
    return json.dumps(value, ensure_ascii=False)


def as_toml(spec: ComparisonSpec) -> str:
    values = spec.model_dump(mode="json", exclude_none=True)
    values["training"].setdefault("clip", "")  # TOML has no null
    return "\n".join(f"{name} = {toml_value(value)}" for name, value in values.items())


def written(folder: Path, text: str) -> Path:
    path = folder / "experiment.toml"
    path.write_text(text, encoding="utf-8")
    return path


@given(COMPARISONS)
def test_a_comparison_comes_back_from_json_as_it_was(spec: ComparisonSpec) -> None:
    assert ComparisonSpec.model_validate_json(spec.model_dump_json()) == spec


@given(spec=COMPARISONS)
def test_a_comparison_comes_back_from_an_experiment_file_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, spec: ComparisonSpec
) -> None:
    path = written(tmp_path_factory.getbasetemp(), as_toml(spec))
    assert read_experiment(path) == spec


def test_a_blank_clip_switches_clipping_off(tmp_path: Path) -> None:
    generated = 'dataset = {source = "generated", generator = "adding"}'
    assert read_experiment(written(tmp_path, generated)).training.clip == 1.0
    blank = written(tmp_path, f'{generated}\n[training]\nclip = ""')
    assert read_experiment(blank).training.clip is None


def test_a_relative_path_counts_from_the_folder_of_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, 'dataset = {source = "file", path = "data/x.csv"}')
    dataset = read_experiment(path).dataset
    assert isinstance(dataset, FileDataset)
    assert Path(dataset.path) == tmp_path / "data" / "x.csv"


def test_defaults_are_a_gru_and_an_lstm_of_equal_size(tmp_path: Path) -> None:
    path = written(tmp_path, 'dataset = {source = "generated", generator = "adding"}')
    names = [contender.name for contender in read_experiment(path).contenders]
    assert names == ["GRU", "LSTM"]
    assert ContenderSpec().hidden_size == ContenderSpec(cell="lstm").hidden_size


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("epochs = ", "is not a TOML file"),
        ("[training]\nepochs = 0", "training.epochs"),
        ("dataset = 3", "dataset"),
        ("", "dataset: this setting is missing"),
    ],
)
def test_a_wrong_file_is_named_with_what_is_wrong(tmp_path: Path, text: str, told: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(SpecError) as caught:
        read_experiment(path)
    assert str(path) in str(caught.value)
    assert told in str(caught.value)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = written(tmp_path, '\ufeffdataset = {source = "generated", generator = "adding"}')
    assert isinstance(read_experiment(path).dataset, GeneratedDataset)


def test_bytes_that_are_no_text_are_no_toml(tmp_path: Path) -> None:
    path = tmp_path / "experiment.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SpecError, match="is not a TOML file"):
        read_experiment(path)


@pytest.mark.parametrize("name", ["missing.toml", "."])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(SpecError, match="cannot be read"):
        read_experiment(tmp_path / name)


def test_every_experiment_that_is_shipped_can_be_read() -> None:
    shipped = sorted((ROOT / "resources" / "experiments").glob("*.toml"))
    assert shipped
    for path in shipped:
        assert read_experiment(path).contenders
