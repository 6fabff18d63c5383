"""HDF5 files of arrays."""

from pathlib import Path

import h5py
import numpy as np
import pytest

from studio.core.errors import DatasetError
from studio.core.specs.dataset_spec import FileDataset
from studio.data import Dataset, ExampleSet, Series, inspect, load

RNG = np.random.default_rng(5)
X, Y = RNG.normal(size=(40, 25, 3)), np.arange(40) % 4


def read(path: Path, **settings: object) -> Dataset:
    return load(FileDataset.model_validate({"path": str(path), **settings}))


def test_x_and_y_are_examples(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("X", data=X, compression="gzip")
        file["y"] = Y
    dataset = read(tmp_path / "a.h5")
    assert isinstance(dataset, ExampleSet)
    assert np.array_equal(dataset.values, X.reshape(-1, 3))
    assert inspect(dataset)["task"] == "classify"


def test_groups_are_the_given_sets(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.hdf5", "w") as file:
        for name, part in (("train", slice(0, 30)), ("test", slice(30, 40))):
            file[f"{name}/X"], file[f"{name}/y"] = X[part], Y[part]
    assert inspect(read(tmp_path / "a.hdf5"))["parts"] == {"train": 30, "test": 10}


def test_file_is_known_by_its_content_and_text_labels_are_classes(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "download", "w") as file:
        file["X"], file["labels"] = X, ["walk", "run"] * 20
    assert inspect(read(tmp_path / "download"))["classes"] == {"run": 20, "walk": 20}


def test_lists_of_unequal_length_are_sequences(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        lists = file.create_dataset("X", (4,), dtype=h5py.vlen_dtype(np.float64))
        for index in range(4):
            lists[index] = np.arange(index + 3.0)
        file["y"] = [0, 1, 0, 1]
    dataset = read(tmp_path / "a.h5")
    assert isinstance(dataset, ExampleSet)
    assert dataset.lengths.tolist() == [3, 4, 5, 6]


def test_fill_values_are_missing_and_scales_are_applied(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.nc", "w") as file:
        file["time"] = np.arange(30.0)
        file["temperature"] = np.arange(30, dtype=np.int16)
        file["temperature"].attrs.update({"_FillValue": np.int16(7), "scale_factor": 0.5})
    dataset = read(tmp_path / "a.nc")
    assert isinstance(dataset, Series)
    assert np.isnan(dataset.values[7, 0])
    assert dataset.values[8, 0] == 4.0


def test_links_to_other_files_are_not_followed(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "secret.h5", "w") as file:
        file["X"] = X
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["X"], file["y"] = X, Y
        file["other"] = h5py.ExternalLink("secret.h5", "/X")
        file.create_dataset("z", (9,), dtype="f8", external=[("/etc/passwd", 0, 72)])
    assert inspect(read(tmp_path / "a.h5"))["notes"] == [
        "the array 'other' is not used (a link)",
        "the array 'z' is not used (kept in another file)",
    ]
    with h5py.File(tmp_path / "b.h5", "w") as file:
        file["X"], file["y"] = h5py.ExternalLink("secret.h5", "/X"), Y
    with pytest.raises(DatasetError, match=r"array 'X': is a link, which cannot be read"):
        read(tmp_path / "b.h5")


def test_small_file_that_unpacks_to_gigabytes_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.data.files.text_files.SMALL_BYTES", 10_000_000)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("X", (100_000, 100_000), chunks=(1000, 1000), dtype="f8")
        file["y"] = Y
    with pytest.raises(DatasetError, match="unpacks to more than"):
        read(tmp_path / "a.h5")
