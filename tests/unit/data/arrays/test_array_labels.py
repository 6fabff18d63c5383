"""Labels of arrays are classes or values, as the same labels in a table."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.io

from studio.core.errors import DatasetError, SpecError
from studio.core.specs.dataset_spec import FileDataset
from studio.data import Dataset, ExampleSet, inspect, load

RNG = np.random.default_rng(3)
CLASSES = RNG.integers(1, 4, 120)
X = np.sin(np.arange(20) * (0.2 * CLASSES[:, None]) + RNG.random((120, 1)) * 6)
COUNTS = {str(kind): int((kind == CLASSES).sum()) for kind in (1, 2, 3)}


def read(path: Path, **settings: object) -> Dataset:
    return load(FileDataset.model_validate({"path": str(path), **settings}))


def saved(path: Path, **arrays: Any) -> Path:  # noqa: ANN401 - arrays of any kind
    np.savez(path, **arrays)
    return path


def task(dataset: Dataset) -> tuple[str, tuple[str, ...]]:
    [decision] = [each for each in dataset.decisions if each.name == "task"]
    return decision.value, decision.alternatives


WRITTEN = {
    "integers": CLASSES, "floats": CLASSES.astype(float), "column": CLASSES[:, None],
    "row": CLASSES[None, :], "float32": CLASSES.astype(np.float32), "text": CLASSES.astype(str),
}  # fmt: skip


@pytest.mark.parametrize("y", WRITTEN.values(), ids=WRITTEN)
def test_whole_numbers_that_are_few_are_classes_however_they_are_written(
    tmp_path: Path, y: Any  # noqa: ANN401 - an array
) -> None:  # fmt: skip
    dataset = read(saved(tmp_path / "a.npz", X=X, y=y))
    assert inspect(dataset)["classes"] == COUNTS
    assert task(dataset)[0] == "classify"


def test_columns_with_a_single_one_are_one_hot_classes(tmp_path: Path) -> None:
    for name, y in (("rows", np.eye(3)[CLASSES - 1]), ("columns", np.eye(3)[CLASSES - 1].T)):
        dataset = read(saved(tmp_path / f"{name}.npz", X=X, y=y))
        assert list(inspect(dataset)["classes"].values()) == list(COUNTS.values())
        assert task(dataset) == ("classify", ())


def test_doubles_of_matlab_are_classes(tmp_path: Path) -> None:
    scipy.io.savemat(tmp_path / "m.mat", {"X": X, "y": CLASSES[:, None].astype(float)})
    assert inspect(read(tmp_path / "m.mat"))["classes"] == COUNTS


def test_labels_are_read_as_in_csv(tmp_path: Path) -> None:
    rows = "\n".join(
        ",".join(f"{value:.4f}" for value in row) + f",{float(kind)}"
        for row, kind in zip(X, CLASSES, strict=True)
    )
    header = ",".join(f"t{index}" for index in range(20))
    (tmp_path / "table.csv").write_text(f"{header},label\n{rows}\n")
    table = read(tmp_path / "table.csv")
    arrays = read(saved(tmp_path / "a.npz", X=X, y=CLASSES.astype(float)))
    assert inspect(table)["classes"] == inspect(arrays)["classes"] == COUNTS


@pytest.mark.parametrize("kind", [int, float])
def test_many_distinct_counts_are_values_and_classes_are_the_alternative(
    tmp_path: Path, kind: type
) -> None:
    y = RNG.integers(0, 300, 120).astype(kind)
    dataset = read(saved(tmp_path / "a.npz", X=X, y=y))
    assert isinstance(dataset, ExampleSet)
    assert dataset.labels[:, 0].tolist() == y.tolist()
    assert task(dataset) == ("regress", ("classify",))


def test_many_classes_that_recur_are_doubtful(tmp_path: Path) -> None:
    dataset = read(saved(tmp_path / "a.npz", X=X, y=np.arange(120) % 30))
    assert task(dataset) == ("regress", ("classify",))
    assert dataset.decisions[-1].is_doubtful
    assert dataset.decisions[-1].option() == "--task classify"


def test_several_ones_in_a_row_are_told_apart_from_one_hot(tmp_path: Path) -> None:
    y = RNG.integers(0, 2, (120, 3))
    dataset = read(saved(tmp_path / "a.npz", X=X, y=y))
    assert task(dataset)[0] == "regress"
    assert dataset.decisions[-1].is_doubtful


def test_class_of_each_step_is_tagged(tmp_path: Path) -> None:
    x = RNG.normal(size=(12, 30, 2))
    y = np.repeat(RNG.integers(0, 3, (12, 6)), 5, axis=1)
    dataset = read(saved(tmp_path / "a.npz", X=x, y=y))
    assert isinstance(dataset, ExampleSet)
    assert dataset.tags is not None
    assert dataset.tags.codes.tolist() == y.reshape(-1).tolist()
    assert inspect(dataset)["task"] == "tag"
    padded = read(saved(tmp_path / "p.npz", X=x, y=y, lengths=[30] * 11 + [7]))
    assert isinstance(padded, ExampleSet)
    assert padded.tags is not None
    assert padded.tags.codes.tolist() == y.reshape(-1)[: 11 * 30 + 7].tolist()


def test_groups_beside_the_labels_are_groups_and_other_arrays_are_told(tmp_path: Path) -> None:
    subjects = np.arange(120) // 10
    dataset = read(
        saved(tmp_path / "a.npz", X=X, y=CLASSES, subject=subjects, names=np.array(["a", "b"]))
    )
    assert isinstance(dataset, ExampleSet)
    assert dataset.groups["subject"].tolist() == [str(each) for each in subjects]
    assert [str(note) for note in dataset.notes] == ["the array 'names' is not used ((2))"]


def test_array_of_labels_and_of_sequences_can_be_set(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.npz", signals=X, activity=CLASSES, fold=np.arange(120) % 10)
    with pytest.raises(DatasetError, match=r"signals, activity, fold.*set member.*label"):
        read(path)
    dataset = read(path, member="signals", label="activity")
    assert inspect(dataset)["classes"] == COUNTS
    with pytest.raises(SpecError, match=r"label: the array 'x' does not exist\. Choose one of sig"):
        read(path, label="x")


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (np.array(["2020-01-01"] * 120, dtype="datetime64[D]"), "array 'y': holds dates"),
        (np.full(120, np.inf), r"array 'y': holds an infinite value at index \[0\]"),
        (np.ones(119), r"array 'y': has the shape \(119,\) for 120 examples"),
        (np.ones((120, 2, 2)), r"array 'y': has the shape \(120, 2, 2\)"),
        (np.array([["a", "b"]] * 120), "array 'y': holds text of the shape"),
    ],
)
def test_labels_that_cannot_be_read_say_where_and_why(
    tmp_path: Path, y: Any, message: str  # noqa: ANN401 - an array
) -> None:  # fmt: skip
    with pytest.raises(DatasetError, match=message):
        read(saved(tmp_path / "a.npz", X=X, y=y))
