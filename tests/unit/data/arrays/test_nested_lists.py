"""Lists in Parquet and Arrow: a list is a sequence, a list of lists has channels."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import feather, parquet

from studio.core.decisions import ReadingDecision
from studio.core.errors import DatasetError
from studio.core.specs.dataset_spec import FileDataset
from studio.data import Dataset, ExampleSet, inspect, load

RNG = np.random.default_rng(10)


def read(path: Path, **settings: object) -> Dataset:
    return load(FileDataset.model_validate({"path": str(path), **settings}))


def as_parquet(path: Path, columns: dict[str, Any]) -> Path:
    parquet.write_table(pa.table(columns), path.with_suffix(".parquet"))
    return path.with_suffix(".parquet")


def as_feather(path: Path, columns: dict[str, Any]) -> Path:
    feather.write_feather(pa.table(columns), str(path.with_suffix(".feather")))
    return path.with_suffix(".feather")


WRITERS = pytest.mark.parametrize("write", [as_parquet, as_feather])


def axes_of(dataset: Dataset) -> ReadingDecision:
    [decision] = [each for each in dataset.decisions if each.name == "axes"]
    return decision


@WRITERS
@pytest.mark.parametrize("order", ["time,channels", "channels,time"])
def test_list_of_lists_has_channels_in_either_order(
    tmp_path: Path, write: Callable[..., Path], order: str
) -> None:
    sequences = [np.cumsum(RNG.normal(size=(30, 2)), axis=0) for _ in range(40)]
    nested = [(each if order == "time,channels" else each.T).tolist() for each in sequences]
    dataset = read(write(tmp_path / "n", {"x": nested, "label": [0, 1] * 20}))
    assert isinstance(dataset, ExampleSet)
    assert np.array_equal(dataset.values, np.concatenate(sequences))
    assert [column.name for column in dataset.channels] == ["x 1", "x 2"]
    assert axes_of(dataset).value == order
    assert not axes_of(dataset).is_doubtful
    assert inspect(dataset)["classes"] == {"0": 20, "1": 20}


def test_few_steps_of_noise_are_doubtful_and_can_be_set(tmp_path: Path) -> None:
    nested = RNG.normal(size=(60, 10, 8)).tolist()
    path = as_parquet(tmp_path / "n", {"x": nested, "label": [0, 1] * 30})
    assert axes_of(read(path)).is_doubtful
    assert axes_of(read(path)).alternatives == ("channels,time",)
    assert len(read(path, axes="channels,time").channels) == 10
    assert axes_of(read(path, axes="channels,time")).is_set


def test_axis_that_varies_is_time(tmp_path: Path) -> None:
    nested = [RNG.normal(size=(4, int(RNG.integers(2, 7)))).tolist() for _ in range(20)]
    dataset = read(as_parquet(tmp_path / "n", {"x": nested, "label": ["a", "b"] * 10}))
    assert isinstance(dataset, ExampleSet)
    assert dataset.lengths.tolist() == [len(each[0]) for each in nested]


def test_lists_of_objects_have_a_channel_for_each_field(tmp_path: Path) -> None:
    rows = [[{"x": float(at), "y": 2.0, "note": "n"} for at in range(5)] for _ in range(6)]
    dataset = read(as_parquet(tmp_path / "n", {"acc": rows, "label": ["a", "b"] * 3}))
    assert isinstance(dataset, ExampleSet)
    assert [column.name for column in dataset.channels] == ["acc.x", "acc.y"]
    assert dataset.sequence(0)[:, 0].tolist() == [0, 1, 2, 3, 4]


def test_tensors_are_sequences(tmp_path: Path) -> None:
    tensors = pa.FixedShapeTensorArray.from_numpy_ndarray(RNG.normal(size=(8, 12)))
    dataset = read(as_feather(tmp_path / "n", {"x": tensors, "label": ["a", "b"] * 4}))
    assert inspect(dataset)["length"] == {"min": 12, "max": 12}


def test_columns_that_cannot_be_used_beside_lists_are_told(tmp_path: Path) -> None:
    columns = {"x": [[1.0, 2, 3]] * 4, "label": ["a", "b"] * 2, "raw": [b"x"] * 4}
    dataset = read(as_parquet(tmp_path / "n", columns))
    assert "the column 'raw' is not used" in " ".join(inspect(dataset)["notes"])


def test_label_column_and_its_alternatives_are_told(tmp_path: Path) -> None:
    columns = {"x": [[1.0, 2, 3]] * 8, "label": [0, 1] * 4, "age": [30.5, 40] * 4}
    path = as_parquet(tmp_path / "n", columns)
    label = next(each for each in read(path).decisions if each.name == "label")
    assert (label.value, label.alternatives) == ("label", ("age",))
    assert inspect(read(path, label="age"))["task"] == "regress"


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ([[[1.0, 2], [3]], [[1], [2]]], "column 'x': the lists in row 1 have 1 to 2 entries"),
        ([[[1.0], []], [[1], [2]]], "inner lists: the list in row 2 is empty"),
        ([[[1.0, 2]], [[1, 2, 3], [4, 5, 6]]], "axes both vary in length: 1 to 2 by 2 to 3"),
        ([[[1.0, np.inf]], [[1, 2]]], "holds an infinite value"),
    ],
)
def test_lists_that_do_not_fit_are_named(tmp_path: Path, column: Any, message: str) -> None:  # noqa: ANN401
    path = as_parquet(tmp_path / "n", {"x": column, "label": ["a", "b"]})
    with pytest.raises(DatasetError, match=message):
        read(path)
