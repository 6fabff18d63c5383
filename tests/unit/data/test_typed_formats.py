"""Parquet, Arrow, JSON lines, MATLAB and ARFF."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import scipy.io
from pyarrow import feather, parquet

from studio.core.errors import DatasetError
from studio.core.specs.comparison_spec import FileDataset, TaskSpec
from studio.data import Dataset, ExampleSet, Series, inspect, load, prepare

Loader = Callable[..., Dataset]
Writer = Callable[..., Path]
ROWS: dict[str, list[Any]] = {
    "date": ["2020-01-01", "2020-01-02", "2020-01-03"], "a": [1.5, None, 3.0], "b": [4, 5, 6]
}  # fmt: skip


def read(path: Path, **settings: object) -> Dataset:
    return load(FileDataset.model_validate({"path": str(path), **settings}))


def write_parquet(path: Path, columns: dict[str, Any]) -> None:
    parquet.write_table(pa.table(columns), path)


def write_feather(path: Path, columns: dict[str, Any]) -> None:
    feather.write_feather(pa.table(columns), str(path))


def write_json(path: Path, columns: dict[str, Any]) -> None:
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


TYPED = pytest.mark.parametrize(
    ("name", "save"),
    [("t.parquet", write_parquet), ("t.feather", write_feather), ("t.jsonl", write_json),
     ("no-ending", write_parquet), ("other", write_feather), ("third", write_json)],
)  # fmt: skip


@TYPED
def test_table_of_typed_columns_is_read_as_from_csv(
    tmp_path: Path, name: str, save: Callable[[Path, Any], None]
) -> None:
    save(tmp_path / name, ROWS)
    dataset = read(tmp_path / name)
    assert isinstance(dataset, Series)
    assert np.array_equal(dataset.values, [[1.5, 4], [np.nan, 5], [3, 6]], equal_nan=True)
    summary = inspect(dataset)
    assert summary["missing"] == 1
    assert [column["role"] for column in summary["columns"]] == ["time", "feature", "target"]


@TYPED
def test_lists_are_sequences_with_a_channel_for_each_column(
    tmp_path: Path, name: str, save: Callable[[Path, Any], None]
) -> None:
    columns = {"x": [[1, 2, 3], [4, 5]] * 2, "y": [[0.5, 1, 2], [3, 4]] * 2,
               "label": ["a", "b"] * 2, "speaker": ["p", "p", "q", "q"]}  # fmt: skip
    save(tmp_path / name, columns)
    dataset = read(tmp_path / name)
    assert isinstance(dataset, ExampleSet)
    assert dataset.sequence(1).tolist() == [[4, 3], [5, 4]]
    assert inspect(dataset)["classes"] == {"a": 2, "b": 2}
    assert dataset.groups["speaker"].tolist() == ["p", "p", "q", "q"]


def test_text_in_parquet_is_read_as_text(tmp_path: Path) -> None:
    write_parquet(tmp_path / "t.parquet", {"text": ["one two three", "four five six"] * 2,
                                           "label": ["a", "b"] * 2})  # fmt: skip
    assert inspect(read(tmp_path / "t.parquet"))["symbols"] == 6


@pytest.mark.parametrize("tokens", ["words", "characters", "bytes", None])
@pytest.mark.parametrize("kind", ["parquet", "jsonl", "csv"])
def test_texts_of_blanks_are_left_out_with_their_groups(
    tmp_path: Path, kind: str, tokens: str | None
) -> None:
    texts = ["a good film"] * 10 + ["   "] + ["a bad film"] * 9
    rows = [
        {"text": text, "label": "pn"[index % 2], "subject": f"s{index // 4}"}
        for index, text in enumerate(texts)
    ]
    path = tmp_path / f"texts.{kind}"
    if kind == "parquet":
        parquet.write_table(pa.Table.from_pylist(rows), path)
    elif kind == "jsonl":
        path.write_text("\n".join(map(json.dumps, rows)))
    else:
        path.write_text(
            "\n".join(["text,label,subject", *(",".join(row.values()) for row in rows)])
        )
    dataset = load(FileDataset.model_validate({"path": str(path), "tokens": tokens}))
    assert isinstance(dataset, ExampleSet)
    assert len(dataset) == len(dataset.labels) == 19
    assert dataset.groups["subject"].tolist() == [
        f"s{index // 4}" for index in range(20) if index != 10
    ]
    prepare(dataset, TaskSpec(group="subject"))


def test_lists_of_one_row_that_differ_in_length_are_refused(tmp_path: Path) -> None:
    write_parquet(tmp_path / "t.parquet", {"x": [[1, 2]], "y": [[1]]})
    with pytest.raises(DatasetError, match=r"column 'y': the lists of a row differ"):
        read(tmp_path / "t.parquet")


def test_error_of_a_json_line_names_the_line(load_text: Loader) -> None:
    with pytest.raises(DatasetError, match="line 2"):
        load_text('{"a": 1}\n{"a": \n', "t.jsonl")


@pytest.mark.parametrize("suffix", [".parquet", ".feather", ".mat"])
def test_truncated_file_is_refused(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"whole{suffix}"
    if suffix == ".mat":
        scipy.io.savemat(path, {"X": np.ones((40, 50)), "y": np.arange(40) % 2})
    else:
        save = write_parquet if suffix == ".parquet" else write_feather
        save(path, {"a": np.arange(1000.0)})
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(DatasetError, match="is not a complete"):
        read(path)


def test_matlab_arrays_are_read_as_those_of_an_npz_file(tmp_path: Path) -> None:
    x = np.arange(24.0).reshape(4, 3, 2)
    scipy.io.savemat(tmp_path / "m.mat", {"X": x, "y": np.array([1, 2, 1, 2])},
                     do_compression=True)  # fmt: skip
    dataset = read(tmp_path / "m.mat")
    assert isinstance(dataset, ExampleSet)
    assert dataset.sequence(1).tolist() == x[1].tolist()
    assert dataset.class_names == ("1", "2")


def test_matlab_series_is_a_single_array(tmp_path: Path) -> None:
    scipy.io.savemat(tmp_path / "m.mat", {"signal": np.arange(9.0)})
    assert inspect(read(tmp_path / "m.mat"))["examples"] == 9


FLAT = """@relation toy
@attribute a numeric
@attribute b numeric
@attribute kind {x, y}
@data
"""
RELATIONAL = """@relation toy
@attribute rel relational
  @attribute t0 numeric
  @attribute t1 numeric
  @attribute t2 numeric
@end rel
@attribute class {one, two}
@data
'1,2,3\\n4,5,6',one
'7,8,?\\n9,10,?',two
"""


def test_arff_table_has_its_class_last(load_text: Loader) -> None:
    summary = inspect(load_text(FLAT + "1,?,x\n3,4,y\n" * 3, "toy.arff"))
    assert summary["classes"] == {"x": 3, "y": 3}
    assert summary["missing"] == 3


def test_relational_arff_holds_a_channel_in_each_row(load_text: Loader) -> None:
    dataset = load_text(RELATIONAL, "toy.arff")
    assert isinstance(dataset, ExampleSet)
    assert dataset.sequence(0).tolist() == [[1, 4], [2, 5], [3, 6]]
    assert dataset.sequence(1).tolist() == [[7, 9], [8, 10]]
    assert dataset.class_names == ("one", "two")


def test_invalid_arff_is_refused(load_text: Loader) -> None:
    with pytest.raises(DatasetError, match="ARFF format"):
        load_text(FLAT + "1,2,z\n", "toy.arff")


def test_concatenated_sequences_keep_their_given_split(tmp_path: Path) -> None:
    arrays = {}
    for part, lengths in (("train", [3, 2]), ("valid", [4]), ("test", [1, 2, 2])):
        roll = np.eye(2, dtype=np.uint8)[np.arange(sum(lengths)) % 2]
        arrays |= {f"{part}_roll": roll, f"{part}_lengths": np.array(lengths)}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    (tmp_path / "rolls.npz").write_bytes(buffer.getvalue())
    dataset = read(tmp_path / "rolls.npz")
    summary = inspect(dataset)
    assert summary["parts"] == {"train": 2, "validation": 1, "test": 3}
    assert (summary["task"], summary["channels"]) == ("next-step", 2)
    assert summary["length"] == {"min": 1, "max": 4}


def test_lengths_that_do_not_add_up_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", x=np.zeros((9, 2)), lengths=np.array([3, 3]))
    with pytest.raises(DatasetError, match="adds up to 6 steps, but there are 9"):
        read(tmp_path / "x.npz")
