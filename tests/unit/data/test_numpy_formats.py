"""NumPy arrays: shapes, labels, and no unpickling."""

import pickle
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.errors import DatasetError, UserError
from studio.core.specs.comparison_spec import FileDataset, TaskSpec
from studio.data import Dataset, ExampleSet, Series, inspect, load, prepare

RNG = np.random.default_rng(7)


@pytest.fixture
def load_arrays(tmp_path: Path) -> Callable[..., Dataset]:
    def _load(**arrays: Any) -> Dataset:  # noqa: ANN401 - arrays of any kind
        np.savez(tmp_path / "given.npz", **arrays)
        return load(FileDataset(path=str(tmp_path / "given.npz")))

    return _load


@pytest.mark.parametrize("shape", [(30,), (30, 1), (30, 3)])
@pytest.mark.parametrize("order", ["C", "F"])
def test_npy_of_one_or_two_axes_is_a_series(
    tmp_path: Path,
    shape: tuple[int, ...],
    order: Any,  # noqa: ANN401 - a literal
) -> None:
    array = np.asarray(RNG.normal(size=shape), order=order)
    np.save(tmp_path / "s.npy", array)
    dataset = load(FileDataset(path=str(tmp_path / "s.npy")))
    assert isinstance(dataset, Series)
    assert np.array_equal(dataset.values, array.reshape(30, -1))
    assert dataset.columns[-1].role == "target"


def test_npy_of_four_axes_says_which_axes_examples_have(tmp_path: Path) -> None:
    np.save(tmp_path / "s.npy", np.zeros((3, 4, 5, 6)))
    with pytest.raises(DatasetError, match=r"shape \(3, 4, 5, 6\).*\(examples, time, channels\)"):
        load(FileDataset(path=str(tmp_path / "s.npy")))


@pytest.mark.parametrize("labels", [[3, 1] * 10, ["b", "a"] * 10, [True, False] * 10,
                                    [b"b", b"a"] * 10])  # fmt: skip
def test_integers_and_text_are_classes(
    load_arrays: Callable[..., Dataset], labels: list[Any]
) -> None:
    dataset = load_arrays(X=RNG.normal(size=(20, 5)), y=np.array(labels))
    assert isinstance(dataset, ExampleSet)
    assert dataset.labels.tolist() == [1, 0] * 10
    assert inspect(dataset)["task"] == "classify"


@pytest.mark.parametrize("shape", [(20,), (20, 3)])
def test_fractions_are_regression_targets(
    load_arrays: Callable[..., Dataset], shape: tuple[int, ...]
) -> None:
    y = RNG.normal(size=shape)
    prepared, task = prepare(load_arrays(X=RNG.normal(size=(20, 5, 2)), y=y), TaskSpec())
    assert task.kind == "regress"
    expected = y.reshape(20, -1)[prepared.test.positions]
    assert np.array_equal(prepared.test.targets_in_units, expected)


def test_lengths_remove_the_padding(load_arrays: Callable[..., Dataset]) -> None:
    x = np.full((4, 3, 2), np.nan)
    x[:, :2] = 1
    dataset = load_arrays(X=x, y=[0, 1, 0, 1], lengths=[1, 2, 2, 1])
    assert isinstance(dataset, ExampleSet)
    assert dataset.lengths.tolist() == [1, 2, 2, 1]
    assert inspect(dataset)["missing"] == 0


def test_given_training_and_test_arrays_are_kept_as_split(
    load_arrays: Callable[..., Dataset],
) -> None:
    dataset = load_arrays(
        X_train=RNG.normal(size=(20, 5)), y_train=np.arange(20) % 2,
        X_test=RNG.normal(size=(6, 7)), y_test=np.arange(6) % 2,
    )  # fmt: skip
    prepared, _ = prepare(dataset, TaskSpec(split=(0.5, 0.5)))
    assert [len(part) for part in prepared.parts.values()] == [10, 10, 6]
    assert prepared.preprocessing.max_length == 7


def test_single_array_of_an_archive_is_a_series(load_arrays: Callable[..., Dataset]) -> None:
    assert isinstance(load_arrays(anything=np.arange(9.0)), Series)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"a": np.zeros(2), "b": np.zeros(2)}, "holds the arrays a, b"),
        ({"X": np.zeros(4), "y": np.zeros(4)}, r"array 'X': has the shape \(4,\)"),
        ({"X": np.zeros((4, 2)), "y": np.zeros(3)}, r"array 'y': has the shape \(3,\) for 4"),
        ({"X": np.zeros((4, 2)), "y": np.zeros((4, 2, 2))}, "array 'y': has the shape"),
        ({"X": np.zeros((4, 2)), "y": np.zeros(4), "lengths": [1, 2, 3, 0]}, "one length for"),
        ({"X": np.full((4, 2), np.inf), "y": np.zeros(4)}, r"infinite value at index \[0, 0\]"),
        ({"X": np.full((4, 2), "a"), "y": np.zeros(4)}, "instead of numbers"),
        ({"X": np.zeros((4, 2)) * 1j, "y": np.zeros(4)}, "instead of numbers"),
        ({"X": np.array([{}, {}]), "y": np.zeros(2)}, "holds Python objects"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(
    load_arrays: Callable[..., Dataset], arrays: dict[str, Any], message: str
) -> None:
    with pytest.raises(DatasetError, match=message):
        load_arrays(**arrays)


class Bomb:
    def __reduce__(self) -> tuple[Any, ...]:
        return pytest.fail, ("unpickled",)


@pytest.mark.parametrize("name", ["bomb.npy", "bomb.npz", "bomb.csv"])
def test_pickle_is_never_opened(write: Callable[..., Path], name: str) -> None:
    with pytest.raises(DatasetError):
        load(FileDataset(path=str(write(name, pickle.dumps(Bomb())))))


def header(text: str) -> bytes:
    padded = text.ljust(117).encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + len(padded).to_bytes(2, "little") + padded


ABSURD = header("{'descr': '<f8', 'fortran_order': False, 'shape': (10**15,), }".replace(
    "10**15", str(10**15)))  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        ABSURD + bytes(80),
        header("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }"),
        header("{'descr': '<f8', 'fortran_order': False, 'shape': (9,), }") + bytes(8),
        header("{'descr': 'nonsense', 'fortran_order': False, 'shape': (1,), }"),
        header("(" * 90),
        b"\x93NUMPY\x09\x00",
        b"\x93NUMPY\x02\x00\xff\xff\xff\xff",
        b"\x93NUM",
    ],
)
def test_damaged_header_takes_no_memory(write: Callable[..., Path], content: bytes) -> None:
    with pytest.raises(DatasetError, match=r"header|cut off|not a NumPy array"):
        load(FileDataset(path=str(write("bad.npy", content))))


def test_absurd_member_of_an_archive_takes_no_memory(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bad.npz", "w") as archive:
        archive.writestr("X.npy", ABSURD)
    with pytest.raises(DatasetError, match="array 'X': is truncated"):
        load(FileDataset(path=str(tmp_path / "bad.npz")))


@given(position=st.integers(0, 400), value=st.integers(0, 255), cut=st.integers(0, 600))
def test_no_damaged_archive_escapes_as_anything_but_a_user_error(
    tmp_path_factory: pytest.TempPathFactory, position: int, value: int, cut: int
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "x.npz"
    np.savez(path, X=np.zeros((4, 2)), y=np.arange(4))
    content = bytearray(path.read_bytes())
    content[position] = value
    path.write_bytes(content[: len(content) - cut])
    with suppress(UserError):
        inspect(load(FileDataset(path=str(path))))
