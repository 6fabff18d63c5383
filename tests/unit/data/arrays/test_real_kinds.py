"""Kinds of files that people have: each is read right, asked about, told, or refused.

"right": no doubtful decision and no note. "told": a note says what was done. "asked": a decision
is doubtful and has a setting. "refused": one message that says what would read it.
"""

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import openpyxl
import pyarrow as pa
import pytest
import scipy.io
from pyarrow import parquet

from studio.core.errors import DatasetError
from studio.core.specs.dataset_spec import FileDataset
from studio.data import Dataset, ExampleSet, inspect, load

RNG = np.random.default_rng(8)
WALKS = np.cumsum(RNG.normal(size=(40, 90, 3)), axis=1)
"""40 examples of 90 steps and 3 channels."""
CLASSES = np.arange(40) % 4
HOURS = [f"2024-01-{1 + hour // 24:02d}T{hour % 24:02d}:00" for hour in range(72)]
TEMPERATURES = RNG.normal(10, 3, 72).round(1).tolist()


def aeon_npz(folder: Path) -> Path:
    np.savez(folder / "gunpoint.npz", X=WALKS.transpose(0, 2, 1), y=CLASSES.astype(str))
    return folder / "gunpoint.npz"


def epochs_npy(folder: Path) -> Path:
    np.save(folder / "epochs.npy", WALKS.transpose(0, 2, 1).astype(np.float32))
    return folder / "epochs.npy"


def keras_npz(folder: Path) -> Path:
    np.savez_compressed(
        folder / "k.npz", x_train=WALKS[:30, ..., None].astype(np.float32),
        y_train=np.eye(4, dtype=np.float32)[CLASSES[:30]],
        x_test=WALKS[30:, ..., None].astype(np.float32),
        y_test=np.eye(4, dtype=np.float32)[CLASSES[30:]],
    )  # fmt: skip
    return folder / "k.npz"


def arrays_beside_each_other(folder: Path) -> Path:
    np.save(folder / "X_train.npy", WALKS[:30])
    np.save(folder / "y_train.npy", CLASSES[:30].astype(float))
    np.save(folder / "X_test.npy", WALKS[30:])
    np.save(folder / "y_test.npy", CLASSES[30:].astype(float))
    return folder / "X_train.npy"


def pickled_npz(folder: Path) -> Path:
    ragged = np.empty(3, dtype=object)
    ragged[:] = [[1, 2], [3], [4, 5, 6]]
    np.savez(folder / "r.npz", X=ragged, y=[0, 1, 0])
    return folder / "r.npz"


def trials_last_mat(folder: Path) -> Path:
    scipy.io.savemat(folder / "t.mat", {"X": WALKS.transpose(1, 2, 0), "y": CLASSES[:, None] + 1.0})
    return folder / "t.mat"


def bearing_mat(folder: Path) -> Path:
    content = {f"X097_{end}_time": RNG.normal(size=(500, 1)) for end in ("DE", "FE")}
    scipy.io.savemat(folder / "97.mat", {**content, "X097RPM": 1796.0})
    return folder / "97.mat"


def fieldtrip_mat(folder: Path) -> Path:
    trials = np.empty((1, 5), dtype=object)
    for at in range(5):
        trials[0, at] = WALKS[at].T
    names = np.array([["C3"], ["Cz"], ["C4"]], dtype=object)
    data = {"trial": trials, "label": names, "fsample": 250.0}
    scipy.io.savemat(folder / "f.mat", {"data": data})
    return folder / "f.mat"


def categorical_mat(folder: Path) -> Path:
    with h5py.File(folder / "c.mat", "w", userblock_size=512) as file:
        file["X"] = WALKS.T
        file["X"].attrs["MATLAB_class"] = np.bytes_("double")
        file["Y"] = np.zeros((1, 6), dtype=np.uint32)
        file["Y"].attrs["MATLAB_class"] = np.bytes_("categorical")
        file["Y"].attrs["MATLAB_object_decode"] = 3
    with (folder / "c.mat").open("r+b") as raw:
        raw.write(b"MATLAB 7.3 MAT-file")
    return folder / "c.mat"


def pandas_hdf(folder: Path) -> Path:
    with h5py.File(folder / "p.h5", "w") as file:
        table = file.create_dataset(
            "df/table", (9,), dtype=[("index", "i8"), ("values_block_0", "f8", (2,))]
        )
        table.attrs["NROWS"] = 9
    return folder / "p.h5"


def netcdf(folder: Path) -> Path:
    with h5py.File(folder / "era.nc", "w") as file:
        file["time"] = np.arange(72, dtype=np.int32)
        file["t2m"] = np.array(TEMPERATURES, dtype=np.float32)
        file["t2m"].attrs["_FillValue"] = np.float32(1e20)
    return folder / "era.nc"


def arff(folder: Path, header: str, rows: str) -> Path:
    (folder / "x.arff").write_text(f"@relation r\n{header}@data\n{rows}")
    return folder / "x.arff"


def commented_arff(folder: Path) -> Path:
    header = "@attribute v real\n@attribute w real % of load\n@attribute class {-1,1} %{<=50K}\n"
    return arff(folder, header, "1,2,-1\n3,4,1\n" * 5)


def opensmile_arff(folder: Path) -> Path:
    header = "@attribute a numeric\n@attribute b numeric\n@attribute class 0,1,2\n"
    return arff(folder, header, "1,2,0\n3,4,1\n2,4,2\n" * 5)


def blank_separated_arff(folder: Path) -> Path:
    return arff(folder, "@attribute v real\n@attribute class {a,b}\n", '0 "a"\n1 "b"\n')


def as_json(folder: Path, value: Any) -> Path:  # noqa: ANN401 - JSON
    (folder / "x.json").write_text(json.dumps(value))
    return folder / "x.json"


def open_meteo_json(folder: Path) -> Path:
    value = {"latitude": 52.5, "hourly_units": {"time": "iso8601", "temperature_2m": "°C"},
             "hourly": {"time": HOURS, "temperature_2m": TEMPERATURES}}  # fmt: skip
    return as_json(folder, value)


def candles_json(folder: Path) -> Path:
    rows = [[1_499_040_000_000 + 60_000 * at, f"{value:.2f}", f"{value + 1:.2f}"]
            for at, value in enumerate(TEMPERATURES)]  # fmt: skip
    return as_json(folder, rows)


def pandas_json(folder: Path) -> Path:
    columns = {"time": HOURS, "load": TEMPERATURES}
    value = {name: {str(at): cell for at, cell in enumerate(cells)}
             for name, cells in columns.items()}  # fmt: skip
    return as_json(folder, value)


def notebook_json(folder: Path) -> Path:
    cells = [{"cell_type": "code", "metadata": {}, "source": ["x = 1"], "outputs": []}] * 3
    return as_json(folder, {"cells": cells, "metadata": {}, "nbformat": 4})


def pandas_parquet(folder: Path) -> Path:
    kept = list(range(100, 172))
    table = pa.table({"load": TEMPERATURES, "__index_level_0__": kept})
    parquet.write_table(table, folder / "x.parquet")
    return folder / "x.parquet"


def hugging_face_parquet(folder: Path) -> Path:
    columns = {"series": WALKS[:, :, 0].astype(np.float32).tolist(), "label": CLASSES}
    parquet.write_table(pa.table(columns), folder / "h.parquet")
    return folder / "h.parquet"


def workbook(folder: Path) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "Info"
    book.active.append(["Load of the plant"])
    sheet = book.create_sheet("Data")
    start = datetime(2024, 1, 1)  # noqa: DTZ001 - Excel's dates have no zone
    for row in (["Report 2024"], [], ["Time", "Load [kW]", "Temp"]):
        sheet.append(row)
    for at, value in enumerate(TEMPERATURES):
        sheet.append([start + timedelta(hours=at), at % 24, value])
    book.save(folder / "x.xlsx")
    return folder / "x.xlsx"


def zipped(folder: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(folder / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return folder / "x.zip"


def ucr_zip(folder: Path) -> Path:
    text = "".join(f"{1 + at % 2}\t" + "\t".join(map(str, WALKS[at, :, 0])) + "\n"
                   for at in range(20)).encode()  # fmt: skip
    return zipped(folder, {"Coffee/Coffee_TEST.tsv": text, "Coffee/Coffee_TRAIN.tsv": text[:-1],
                           "Coffee/README.md": b"about"})  # fmt: skip


def months_zip(folder: Path) -> Path:
    text = "a,b\n" + "".join(f"{at},{at % 7}\n" for at in range(40))
    return zipped(folder, {f"2024-{month:02d}.csv": text.encode() for month in range(1, 13)})


def torch_file(folder: Path) -> Path:
    return zipped(folder, {"data/data.pkl": b"\x80\x02.", "data/data/0": b"\0" * 8}).rename(
        folder / "x.pt"
    )


def compressed_table(folder: Path) -> Path:
    rows = "".join(f"{hour},{value}\n" for hour, value in zip(HOURS, TEMPERATURES, strict=True))
    (folder / "x.csv.gz").write_bytes(gzip.compress(f"time,load\n{rows}".encode()))
    return folder / "x.csv.gz"


def monash(folder: Path) -> Path:
    (folder / "x.tsf").write_text(
        "@relation r\n@attribute name string\n@attribute start date\n@frequency hourly\n@data\n"
        + "".join(f"T{at}:2024-01-01 00-00-00:{','.join(map(str, TEMPERATURES[at:]))}\n"
                  for at in range(3))
    )  # fmt: skip
    return folder / "x.tsf"


def counts_npz(folder: Path) -> Path:
    np.savez(folder / "c.npz", X=WALKS[:, :, 0], y=np.arange(40) % 25)
    return folder / "c.npz"


def complex_npy(folder: Path) -> Path:
    np.save(folder / "iq.npy", np.exp(1j * np.arange(50)))
    return folder / "iq.npy"


def saved_twice(folder: Path) -> Path:
    buffer = io.BytesIO()
    np.save(buffer, WALKS[0])
    (folder / "x.npy.gz").write_bytes(gzip.compress(buffer.getvalue()))
    return folder / "x.npy.gz"


@dataclass(frozen=True)
class Kind:
    """A kind of file, how it is read, and the shape or the message that is right."""

    make: Callable[[Path], Path]
    how: str
    what: str


KINDS = (
    Kind(aeon_npz, "right", "classify 40 x 90 x 3"),
    Kind(epochs_npy, "right", "forecast 40 x 90 x 3"),
    Kind(keras_npz, "right", "classify 40 x 90 x 3"),
    Kind(arrays_beside_each_other, "told", "classify 40 x 90 x 3"),
    Kind(pickled_npz, "refused", "array 'X': holds Python objects"),
    Kind(trials_last_mat, "right", "classify 40 x 90 x 3"),
    Kind(bearing_mat, "asked", "forecast 500 x 2"),
    Kind(fieldtrip_mat, "refused", "holds the arrays trial, label, fsample.*set member"),
    Kind(categorical_mat, "refused", r"array 'Y': is an object of MATLAB.*cellstr"),
    Kind(pandas_hdf, "refused", r"no array of numbers: df_table \(a table of fields\)"),
    Kind(netcdf, "right", "forecast 72 x 1"),
    Kind(commented_arff, "told", "classify 10 x 2 x 1"),
    Kind(opensmile_arff, "told", "classify 15 x 2 x 1"),
    Kind(blank_separated_arff, "refused", r"x\.arff, line 5: does not follow the ARFF format"),
    Kind(open_meteo_json, "right", "forecast 72 x 1"),
    Kind(candles_json, "asked", "forecast 72 x 2"),
    Kind(pandas_json, "right", "forecast 72 x 1"),
    Kind(notebook_json, "refused", "no column of numbers|has no numeric column"),
    Kind(pandas_parquet, "right", "forecast 72 x 1"),
    Kind(hugging_face_parquet, "right", "classify 40 x 90 x 1"),
    Kind(workbook, "told", "forecast 72 x 2"),
    Kind(ucr_zip, "told", "classify 40 x 90 x 1"),
    Kind(months_zip, "asked", "forecast 40 x 1"),
    Kind(torch_file, "refused", "holds no file of data, but data/data.pkl"),
    Kind(compressed_table, "right", "forecast 72 x 1"),
    Kind(monash, "told", "forecast 213 x 1"),
    Kind(counts_npz, "right", "regress 40 x 90 x 1"),
    Kind(complex_npy, "refused", "holds complex128 instead of numbers"),
    Kind(saved_twice, "right", "forecast 90 x 3"),
)


def shape(dataset: Dataset) -> str:
    summary = inspect(dataset)
    sizes = [summary["examples"], summary["channels"]]
    if isinstance(dataset, ExampleSet):
        sizes.insert(1, summary["length"]["max"])
    return f"{summary['task']} {' x '.join(map(str, sizes))}"


def how_it_was_read(dataset: Dataset) -> str:
    if any(decision.is_doubtful for decision in dataset.decisions):
        return "asked"
    return "told" if dataset.notes else "right"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.make.__name__)
def test_no_kind_is_read_wrongly_in_silence(tmp_path: Path, kind: Kind) -> None:
    spec = FileDataset(path=str(kind.make(tmp_path)))
    if kind.how == "refused":
        with pytest.raises(DatasetError, match=kind.what) as refused:
            load(spec)
        assert refused.value.remedy
        return
    dataset = load(spec)
    assert shape(dataset) == kind.what
    assert how_it_was_read(dataset) == kind.how
