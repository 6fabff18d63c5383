"""Source files, real datasets, and the cost of import."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from studio.core.errors import DatasetError
from studio.core.specs.comparison_spec import FileDataset, GeneratedDataset, TaskSpec
from studio.data import FORMATS, detect_task, inspect, load, source_files

TS = "@problemName T\n@classLabel true a b\n@data\n1,2:a\n3,4:b\n"


def test_source_file_has_size_time_hash_and_content(write: Callable[..., Path]) -> None:
    path = write("a.csv", "a\n1\n2\n")
    [file] = source_files(FileDataset(path=str(path)))
    assert (file.name, file.path, file.size) == ("a.csv", str(path.resolve()), 6)
    assert file.sha256 == hashlib.sha256(b"a\n1\n2\n").hexdigest()
    assert file.mtime_ns == path.stat().st_mtime_ns
    assert file.content == b"a\n1\n2\n"


def test_content_is_left_out_if_all_files_exceed_the_limit(
    write: Callable[..., Path],
) -> None:
    test = write("T_TEST.ts", TS)
    write("T_TRAIN.ts", TS)
    spec = FileDataset(path=str(test))
    both = source_files(spec, embed_limit=2 * len(TS))
    assert [file.name for file in both] == ["T_TRAIN.ts", "T_TEST.ts"]
    assert all(file.content == TS.encode() for file in both)
    assert all(file.content is None for file in source_files(spec, embed_limit=2 * len(TS) - 1))


def test_vanished_source_is_reported(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="does not exist"):
        source_files(FileDataset(path=str(tmp_path / "gone.csv")))


def test_generated_data_has_no_files() -> None:
    assert source_files(GeneratedDataset(generator="adding")) == ()


@pytest.mark.parametrize(
    ("name", "task", "examples", "length", "channels", "classes"),
    [
        ("forecasting/airline-passengers.csv", "forecast", 144, (144, 144), 1, 0),
        ("forecasting/daily-min-temperatures.csv", "forecast", 3650, (3650, 3650), 1, 0),
        ("forecasting/monthly-sunspots.csv", "forecast", 2820, (2820, 2820), 1, 0),
        ("forecasting/ETTh1.csv", "forecast", 17420, (17420, 17420), 7, 0),
        ("classification/GunPoint_TRAIN.ts", "classify", 200, (150, 150), 1, 2),
        ("classification/ItalyPowerDemand_TEST.ts", "classify", 1096, (24, 24), 1, 2),
        ("classification/JapaneseVowels_TRAIN.ts", "classify", 640, (7, 29), 12, 9),
    ],
)
def test_real_datasets_are_recognised(  # noqa: PLR0913, PLR0917 - a table of figures
    shared: Path, name: str, task: str, examples: int, length: tuple[int, int],
    channels: int, classes: int,
) -> None:  # fmt: skip
    dataset = load(FileDataset(path=str(shared / name)))
    summary: dict[str, Any] = json.loads(json.dumps(inspect(dataset)))
    assert summary["task"] == task
    assert summary["examples"] == examples
    assert (summary["length"]["min"], summary["length"]["max"]) == length
    assert summary["channels"] == channels
    assert len(summary["classes"]) == classes
    assert sum(summary["classes"].values()) == (examples if classes else 0)
    assert summary["missing"] == 0
    lost = ["2 of 3,652 days"] if "temperatures" in name else []  # the last of two leap years
    assert [problem["text"][: len("2 of 3,652 days")] for problem in summary["problems"]] == lost


def test_etth1_reads_all_columns_and_predicts_the_named_one(shared: Path) -> None:
    dataset = load(FileDataset(path=str(shared / "forecasting" / "ETTh1.csv")))
    task = detect_task(dataset, TaskSpec(target=("OT",)))
    assert task.features == ("HUFL", "HULL", "MUFL", "MULL", "LUFL", "LULL", "OT")
    assert inspect(dataset)["columns"][0] == {
        "name": "date", "role": "time", "kind": "date", "unit": "", "missing": 0
    }  # fmt: skip


def test_every_format_has_a_unique_name_and_suffixes() -> None:
    suffixes = [suffix for file_format in FORMATS for suffix in file_format.suffixes]
    assert len(suffixes) == len(set(suffixes))
    assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in suffixes)


def test_import_reads_neither_pyarrow_nor_torch() -> None:
    code = "import sys, studio.data; print({'pyarrow', 'torch', 'scipy'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
