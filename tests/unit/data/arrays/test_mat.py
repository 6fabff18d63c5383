"""MATLAB files: cell arrays of sequences, structs, times, and version 7.3."""

import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import scipy.io
import scipy.sparse

from studio.core.errors import DatasetError, UserError
from studio.core.specs.dataset_spec import FileDataset
from studio.data import Dataset, ExampleSet, Series, inspect, load

RNG = np.random.default_rng(12)
CLASSES = RNG.integers(1, 4, 60)
SEQUENCES = [RNG.normal(size=(3, int(RNG.integers(7, 26)))) for _ in range(60)]
REFERENCE = h5py.ref_dtype


def read(path: Path, **settings: object) -> Dataset:
    return load(FileDataset.model_validate({"path": str(path), **settings}))


def cell(entries: list[Any]) -> Any:  # noqa: ANN401 - an array of objects
    array = np.empty((len(entries), 1), dtype=object)
    for index, entry in enumerate(entries):
        array[index, 0] = entry
    return array


def save_version_7_3(path: Path, content: dict[str, Any]) -> Path:
    """Writes what MATLAB writes: transposed arrays, cells as references, its own user block."""
    with h5py.File(path, "w", userblock_size=512) as file:
        for name, value in content.items():
            if isinstance(value, list):
                _add_cell(file, name, value)
            elif isinstance(value, dict):
                file.create_group(name).attrs["MATLAB_class"] = np.bytes_("struct")
            else:
                file[name] = np.asarray(value).T
                file[name].attrs["MATLAB_class"] = np.bytes_("double")
    with path.open("r+b") as raw:
        raw.write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64, Created by a test".ljust(124, b" "))
    return path


def _add_cell(file: Any, name: str, entries: list[Any]) -> None:  # noqa: ANN401 - h5py
    references = file.require_group("#refs#")
    cells = file.create_dataset(name, (1, len(entries)), dtype=REFERENCE)
    cells.attrs["MATLAB_class"] = np.bytes_("cell")
    for index, entry in enumerate(entries):
        key = f"{name}{index}"
        is_text = isinstance(entry, str)
        data = np.array([[ord(each)] for each in entry], dtype=np.uint16) if is_text else entry.T
        references[key] = data
        references[key].attrs["MATLAB_class"] = np.bytes_("char" if is_text else "double")
        cells[0, index] = references[key].ref


@pytest.mark.parametrize("are_tall", [False, True])
@pytest.mark.parametrize("version", ["5", "7.3"])
def test_cell_array_holds_sequences_of_unequal_length(
    tmp_path: Path, version: str, are_tall: bool  # noqa: FBT001 - a parameter
) -> None:  # fmt: skip
    entries = [each.T if are_tall else each for each in SEQUENCES]
    y = CLASSES[:, None].astype(float)
    if version == "5":
        scipy.io.savemat(tmp_path / "m.mat", {"XTrain": cell(entries), "YTrain": y})
    else:
        save_version_7_3(tmp_path / "m.mat", {"XTrain": entries, "YTrain": y})
    dataset = read(tmp_path / "m.mat")
    assert isinstance(dataset, ExampleSet)
    assert dataset.lengths.tolist() == [each.shape[1] for each in SEQUENCES]
    assert dataset.sequence(5).tolist() == SEQUENCES[5].T.tolist()
    assert dataset.class_names == ("1", "2", "3")
    [axes] = [each for each in dataset.decisions if each.name == "axes"]
    assert axes.value == ("time,channels" if are_tall else "channels,time")
    assert not axes.is_doubtful


def test_axes_of_cells_can_be_set(tmp_path: Path) -> None:
    entries = [RNG.normal(size=(5, 6)) for _ in range(8)]
    scipy.io.savemat(tmp_path / "m.mat", {"X": cell(entries), "y": np.arange(8) % 2})
    assert len(read(tmp_path / "m.mat", axes="channels,time").channels) == 5
    assert len(read(tmp_path / "m.mat", axes="examples,time,channels").channels) == 6


@pytest.mark.parametrize("version", ["5", "7.3"])
def test_cell_array_of_text_holds_labels(tmp_path: Path, version: str) -> None:
    names = [f"class {kind}" for kind in CLASSES]
    if version == "5":
        scipy.io.savemat(tmp_path / "m.mat", {"X": cell(SEQUENCES), "y": cell(names)})
    else:
        save_version_7_3(tmp_path / "m.mat", {"X": SEQUENCES, "y": names})
    assert set(inspect(read(tmp_path / "m.mat"))["classes"]) == {"class 1", "class 2", "class 3"}


def test_cells_with_a_class_for_each_step_are_tagged(tmp_path: Path) -> None:
    tags = [RNG.integers(0, 2, (1, each.shape[1])).astype(float) for each in SEQUENCES]
    scipy.io.savemat(tmp_path / "m.mat", {"X": cell(SEQUENCES), "Y": cell(tags)})
    dataset = read(tmp_path / "m.mat")
    assert isinstance(dataset, ExampleSet)
    assert dataset.tags is not None
    assert dataset.tags.codes.tolist() == np.concatenate(tags, axis=1)[0].tolist()


@pytest.mark.parametrize("version", ["5", "7.3"])
def test_struct_beside_the_arrays_is_left_out_and_told(tmp_path: Path, version: str) -> None:
    content = {"X": RNG.normal(size=(60, 20)), "y": CLASSES[:, None], "info": {"rate": 100.0}}
    if version == "5":
        scipy.io.savemat(tmp_path / "m.mat", content)
    else:
        save_version_7_3(tmp_path / "m.mat", content)
    dataset = read(tmp_path / "m.mat")
    assert inspect(dataset)["task"] == "classify"
    assert len(dataset) == 60
    assert inspect(dataset)["notes"] == ["the array 'info' is not used (a struct)"]


def test_fields_of_a_struct_that_is_alone_are_the_arrays(tmp_path: Path) -> None:
    content = {"data": {"X": RNG.normal(size=(60, 20)), "y": CLASSES}}
    scipy.io.savemat(tmp_path / "m.mat", content)
    assert inspect(read(tmp_path / "m.mat"))["task"] == "classify"


@pytest.mark.parametrize("version", ["5", "7.3"])
def test_time_beside_values_is_the_time_of_a_series(tmp_path: Path, version: str) -> None:
    y = np.cumsum(RNG.normal(size=(500, 1)), axis=0)
    content = {"t": np.arange(500.0)[:, None] / 10, "y": y}
    if version == "5":
        scipy.io.savemat(tmp_path / "m.mat", content)
    else:
        save_version_7_3(tmp_path / "m.mat", content)
    dataset = read(tmp_path / "m.mat")
    assert isinstance(dataset, Series)
    assert dataset.values.tolist() == y.tolist()
    assert dataset.times is not None
    assert dataset.times[1] == "0.1"
    assert [(column.name, column.role) for column in dataset.columns] == [
        ("t", "time"), ("y", "target"),
    ]  # fmt: skip
    assert dataset.decisions[0].value == "t"


def test_vectors_of_equal_length_are_the_channels_of_one_series(tmp_path: Path) -> None:
    content = {
        "X097_DE_time": RNG.normal(size=(400, 1)), "X097_FE_time": RNG.normal(size=(400, 1)),
        "X097RPM": np.array([[1796.0]]),
    }  # fmt: skip
    scipy.io.savemat(tmp_path / "97.mat", content)
    dataset = read(tmp_path / "97.mat")
    assert [column.name for column in dataset.columns] == ["X097_DE_time", "X097_FE_time"]
    assert dataset.decisions[0].is_doubtful
    assert [str(note) for note in dataset.notes] == ["the array 'X097RPM' is not used ((1))"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"c": cell(["x", 1])}, r"c \(a cell array of mixed content\)\. Save arrays of numbers or"),
        ({"s": {"a": 1}}, "array 'a': holds the single number 1"),
        ({"X": cell([np.ones((2, 3)), np.ones((4, 5))]), "y": [1, 2]}, "axes both vary in length"),
        ({"X": cell([np.ones((2, 3)), np.ones((0, 3))]), "y": [1, 2]}, r"'X', cell 2: .*\(0, 3\)"),
        ({"X": np.ones((2, 3)) * 1j, "y": [1, 2]}, "complex128 instead of numbers"),
        ({"X": cell([np.ones((2, 9))] * 3), "y": {"a": 1}}, "array 'y': is a struct"),
    ],
)
def test_content_that_cannot_be_read_says_what_to_save(
    tmp_path: Path, content: dict[str, Any], message: str
) -> None:
    scipy.io.savemat(tmp_path / "m.mat", content)
    with pytest.raises(DatasetError, match=message):
        read(tmp_path / "m.mat")


@pytest.mark.parametrize("name", ["m.mat", "m.h5"])
def test_without_h5py_the_message_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = save_version_7_3(tmp_path / "m.mat", {"X": np.ones((4, 5)), "y": np.arange(4.0)})
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(DatasetError, match=r"h5py.*pip install 'gate-studio\[hdf5\]'.*'-v7'"):
        read(path.rename(tmp_path / name))


def test_damaged_file_of_version_7_3_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "new.mat"
    path.write_bytes(b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(600, b"\0"))
    with pytest.raises(DatasetError, match="is not a complete HDF5 file"):
        read(path)


@pytest.mark.parametrize("compressed", [False, True])
def test_damaged_file_of_version_5_is_refused_before_scipy_crashes_on_it(
    tmp_path: Path, compressed: bool  # noqa: FBT001 - a parameter
) -> None:  # fmt: skip
    content = {"X": cell(SEQUENCES[:5]), "y": np.arange(5.0), "s": {"a": np.ones(3)}}
    scipy.io.savemat(tmp_path / "m.mat", content, do_compression=compressed)
    whole = (tmp_path / "m.mat").read_bytes()
    rng = np.random.default_rng(1)
    refused = 0
    for _ in range(300):
        damaged = bytearray(whole)
        for place in rng.integers(128, len(whole), 3):
            damaged[place] = rng.choice([0, 1, 5, 14, 200, 255])
        (tmp_path / "m.mat").write_bytes(damaged)
        try:
            read(tmp_path / "m.mat")
        except UserError:
            refused += 1
    assert refused > 0


def test_object_within_a_struct_is_named(tmp_path: Path) -> None:
    content = {"s": {"a": scipy.sparse.csc_array(np.eye(3)), "b": np.arange(9.0)}}
    scipy.io.savemat(tmp_path / "m.mat", content)
    with pytest.raises(DatasetError, match="holds a sparse matrix, a function or an object in a"):
        read(tmp_path / "m.mat")


@pytest.mark.parametrize("flags", [0x00, 0x02, 0x08, 0xFF])
def test_no_class_and_flags_of_an_array_end_the_process(tmp_path: Path, flags: int) -> None:
    """SciPy calls a sparse matrix logical by its flag, and crashes on one that is not sparse."""
    path = tmp_path / "flags.mat"
    scipy.io.savemat(path, {"X": np.arange(60.0).reshape(20, 3), "y": np.arange(20.0)})
    content = bytearray(path.read_bytes())
    whole = content[144:146]
    read_at_all = set()
    for kind in range(256):
        content[144:146] = bytes((kind, flags))  # the first array's flags, after two tags
        path.write_bytes(content)
        with suppress(UserError):
            load(FileDataset(path=str(path)))
            read_at_all.add(kind)
    assert read_at_all <= {*range(6, 16), 4}, "numbers and text alone are read as an array"
    assert whole[0] == 6, "the byte that is changed is the class"
