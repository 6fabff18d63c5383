import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from networks import contenders
from support import ROOT

from studio.core.errors import SpecError
from studio.core.specs.comparison_spec import (
    ComparisonSpec,
    ContenderSpec,
    FileDataset,
    GeneratedDataset,
    MachineSpec,
    TaskSpec,
    TrainingSpec,
    name_contenders,
)
from studio.core.specs.experiment import read_experiment, search_table
from studio.core.specs.search_spec import search_from_table

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
        lambda specs: name_contenders(tuple(specs))
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
        pairs = ", ".join(f"{name} = {toml_value(item)}" for name, item in value.items())
        return f"{{{pairs}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml_value, value))}]"
    return json.dumps(value, ensure_ascii=False)


def as_toml(spec: ComparisonSpec) -> str:
    values = spec.model_dump(mode="json", exclude_none=True)
    values["training"].setdefault("clip", "")  # TOML has no null
    return "\n".join(f"{name} = {toml_value(value)}" for name, value in values.items())


def write(folder: Path, text: str) -> Path:
    path = folder / "experiment.toml"
    path.write_text(text, encoding="utf-8")
    return path


@given(COMPARISONS)
def test_a_comparison_survives_json(spec: ComparisonSpec) -> None:
    assert ComparisonSpec.model_validate_json(spec.model_dump_json()) == spec


@given(spec=COMPARISONS)
def test_a_comparison_survives_an_experiment_file(
    tmp_path_factory: pytest.TempPathFactory, spec: ComparisonSpec
) -> None:
    path = write(tmp_path_factory.getbasetemp(), as_toml(spec))
    assert read_experiment(path) == spec


def test_an_empty_clip_switches_clipping_off(tmp_path: Path) -> None:
    generated = 'dataset = {source = "generated", generator = "adding"}'
    assert read_experiment(write(tmp_path, generated)).training.clip == 1.0
    blank = write(tmp_path, f'{generated}\n[training]\nclip = ""')
    assert read_experiment(blank).training.clip is None


def test_a_path_is_relative_to_the_folder_of_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, 'dataset = {source = "file", path = "data/x.csv"}')
    dataset = read_experiment(path).dataset
    assert isinstance(dataset, FileDataset)
    assert Path(dataset.path) == tmp_path / "data" / "x.csv"


def test_defaults_are_a_gru_and_an_lstm_of_equal_size(tmp_path: Path) -> None:
    path = write(tmp_path, 'dataset = {source = "generated", generator = "adding"}')
    names = [contender.name for contender in read_experiment(path).contenders]
    assert names == ["GRU", "LSTM"]
    assert ContenderSpec().hidden_size == ContenderSpec(cell="lstm").hidden_size


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("epochs = ", "is not a TOML file"),
        ("[training]\nepochs = 0", "training.epochs"),
        ("dataset = 3", "dataset"),
        ("", "dataset: this setting is missing"),
        ("[training]\nepochs = true", "training.epochs: must be a valid integer"),
        ("[training]\nepochs = '5'", "training.epochs: must be a valid integer"),
        ("[training]\nlr = true", "training.lr: must be a valid number"),
        ("[training]\nlr = inf", "training.lr: must be a finite number"),
        (f"x = {'[' * 2000}{']' * 2000}", "is nested too deeply"),
        (f"x = {'{a = ' * 2000}1{'}' * 2000}", "is nested too deeply"),
    ],
)
def test_an_invalid_file_is_reported_with_its_problem(
    tmp_path: Path, text: str, message: str
) -> None:
    path = write(tmp_path, text)
    with pytest.raises(SpecError) as caught:
        read_experiment(path)
    assert str(path) in str(caught.value)
    assert message in str(caught.value)


def test_a_byte_order_mark_is_ignored(tmp_path: Path) -> None:
    path = write(tmp_path, '\ufeffdataset = {source = "generated", generator = "adding"}')
    assert isinstance(read_experiment(path).dataset, GeneratedDataset)


def test_a_binary_file_is_no_toml(tmp_path: Path) -> None:
    path = tmp_path / "experiment.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SpecError, match="is not a TOML file"):
        read_experiment(path)


@pytest.mark.parametrize("name", ["missing.toml", "."])
def test_an_unreadable_file_is_reported(tmp_path: Path, name: str) -> None:
    with pytest.raises(SpecError, match="cannot be read"):
        read_experiment(tmp_path / name)


def test_every_shipped_experiment_can_be_read() -> None:
    paths = sorted((ROOT / "resources" / "experiments").glob("*.toml"))
    assert paths
    for path in paths:
        assert read_experiment(path).contenders


SEARCHING = """dataset = {source = "generated", generator = "adding"}
[search]
trials = 7
pruning = "none"
[search.settings]
lr = "0.001..0.1"
hidden_size = [3, 6]
"""


def test_a_search_stands_in_an_experiment_and_options_take_its_place(tmp_path: Path) -> None:
    path = write(tmp_path, SEARCHING)
    assert read_experiment(path).dataset == GeneratedDataset(generator="adding")
    table = search_table(path)
    assert table is not None
    found = search_from_table(table, {}, 0.01, 3)
    assert list(map(str, found.settings)) == ["lr=0.001..0.1", "hidden_size=3,6"]
    assert (found.trials, found.sampler, found.pruning, found.seed) == (7, "tpe", "none", 3)
    over = {"search": ["dropout=0,0.5"], "trials": 2, "sampler": "grid"}
    other = search_from_table(table, over, 0.01, 3)
    assert list(map(str, other.settings)) == ["dropout=0,0.5"]
    assert (other.trials, other.sampler, other.pruning) == (2, "grid", "none")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("trial = 3", "trial: there is no such setting"),
        ('trials = "many"', "trials: must be a whole number"),
        ("trials = 0", "0 trials cannot be made"),
        ('sampler = "best"', "sampler: 'best' is unknown. Choose from tpe, random, grid"),
        ("settings = 3", "settings: is no table"),
        ("settings = {lr = [0.1, 'x']}", "'x' is not a number from 1e-08 to 100"),
        ("settings = {speed = [1]}", "'speed' is not a setting that can be searched"),
        ('settings = {lr = "0.1..0.01"}', "is not a range of lr"),
    ],
)
def test_a_search_that_cannot_be_used_is_refused_with_its_field(
    tmp_path: Path, text: str, message: str
) -> None:
    head = 'dataset = {source = "generated", generator = "adding"}\n[search]\n'
    path = write(tmp_path, head + text + "\n")
    with pytest.raises(SpecError) as caught:
        search_table(path)
    assert str(caught.value).startswith(f"{path}, [search]: ")
    assert message in str(caught.value)


def test_a_search_that_is_no_table_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, 'search = 3\ndataset = {source = "generated", generator = "adding"}')
    with pytest.raises(SpecError, match="is no table"):
        search_table(path)
