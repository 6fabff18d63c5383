"""A folder with a table or an array for each recording: classes, channels, time, split, files."""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pytest
import soundfile
from pyarrow import parquet

from studio.core.decisions import ReadingDecision
from studio.core.errors import DatasetError, SpecError
from studio.core.specs.comparison_spec import FileDataset, TaskSpec
from studio.data import Cache, Dataset, ExampleSet, Series, inspect, load, prepare, source_files
from studio.data.folders.chosen_files import choose_files
from studio.data.folders.file_patterns import patterns_of

STEPS = 6


def read(path: Path, cache: Cache | None = None, **settings: object) -> Dataset:
    return load(FileDataset.model_validate({"path": str(path), **settings}), cache)


def examples(path: Path, **settings: object) -> ExampleSet:
    dataset = read(path, **settings)
    assert isinstance(dataset, ExampleSet)
    return dataset


def series(path: Path, **settings: object) -> Series:
    dataset = read(path, **settings)
    assert isinstance(dataset, Series)
    return dataset


def decision(dataset: Dataset, name: str) -> ReadingDecision:
    return next(at for at in dataset.decisions if at.name == name)


def names(dataset: Dataset) -> list[str]:
    return [column.name for column in dataset.channels]


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def motion(steps: int, start: float = 0.0) -> str:
    """Two channels that neither rise nor count."""
    rows = (f"{(at * 7 % 5) + start:.2f},{(at * 3 % 4) - start:.2f}" for at in range(steps))
    return "\n".join(["ax,ay", *rows, ""])


@pytest.fixture
def gestures(tmp_path: Path) -> Path:
    """A folder for each class, with recordings of unequal length."""
    for number, label in enumerate(("wave", "point", "rest")):
        for take in range(4):
            write(
                tmp_path / "gestures" / label / f"{take}.csv", motion(STEPS + take, number + take)
            )
    return tmp_path / "gestures"


def test_folder_for_each_class_gives_an_example_for_each_file(gestures: Path) -> None:
    dataset = examples(gestures)
    assert inspect(dataset)["classes"] == {"point": 4, "rest": 4, "wave": 4}
    assert names(dataset) == ["ax", "ay"]
    assert sorted(set(dataset.lengths.tolist())) == [6, 7, 8, 9]
    assert dataset.sequence(0)[1].tolist() == [3.0, 2.0]
    label = decision(dataset, "label")
    assert (label.value, label.sure) == ("{label}/*", 1.0)
    assert decision(dataset, "layout").value == "examples"


def test_recordings_in_class_folders_can_be_trained(gestures: Path) -> None:
    _, task = prepare(examples(gestures), TaskSpec(split=(0.5, 0, 0.5)))
    assert task.kind == "classify"


def test_files_of_a_folder_are_its_sources(gestures: Path) -> None:
    sources = source_files(FileDataset(path=str(gestures)))
    assert [file.name for file in sources][:2] == ["gestures/point/0.csv", "gestures/point/1.csv"]
    assert len(sources) == 12


@pytest.mark.parametrize(
    "rows",
    [
        [f"{at * 0.02:.2f}".replace(".", ",") for at in range(STEPS)],
        [f"2024-01-01 00:00:0{at}" for at in range(STEPS)],
        [str(at) for at in range(STEPS)],
    ],
    ids=["seconds", "dates", "counter"],
)
def test_time_of_a_recording_is_no_channel_also_with_decimal_commas(
    tmp_path: Path, rows: list[str]
) -> None:
    for label in ("wave", "rest"):
        for take in range(3):
            body = "".join(f"{at};{(index * 7) % 5},5;{take},25\n" for index, at in enumerate(rows))
            write(tmp_path / "set" / label / f"{take}.csv", "t;ax;ay\n" + body)
    dataset = examples(tmp_path / "set")
    assert names(dataset) == ["ax", "ay"]
    assert dataset.values[1].tolist() == [2.5, 0.25]
    assert decision(dataset, "time").value == "t"


def test_column_that_counts_up_evenly_in_every_file_is_the_time(tmp_path: Path) -> None:
    for label in ("wave", "rest"):
        for take in range(3):
            body = "".join(f"{at * 0.5},{(at * 7) % 5},{take}\n" for at in range(STEPS + take))
            write(tmp_path / "set" / label / f"{take}.csv", "moment,ax,ay\n" + body)
    dataset = examples(tmp_path / "set")
    found = decision(dataset, "time")
    assert (found.value, found.alternatives) == ("moment", ("none",))
    assert "counts up by 0.5 in every file" in found.evidence
    assert names(dataset) == ["ax", "ay"]
    kept = examples(tmp_path / "set", time="none")
    assert names(kept) == ["moment", "ax", "ay"]
    assert decision(kept, "time").is_set


def test_column_that_rises_in_some_files_only_is_a_channel(tmp_path: Path) -> None:
    for label in ("up", "down"):
        for take in range(3):
            sign = 1 if label == "up" else -1
            body = "".join(f"{sign * at},{take}\n" for at in range(STEPS))
            write(tmp_path / "set" / label / f"{take}.csv", "level,take\n" + body)
    assert names(examples(tmp_path / "set")) == ["level", "take"]


def test_order_of_day_and_month_that_one_file_proves_holds_for_all(tmp_path: Path) -> None:
    for month in (1, 2):
        days = range(13, 20) if month == 2 else range(1, 8)
        body = "".join(f"{month:02}/{day:02}/2024 10:00,{day * 7 % 5}\n" for day in days)
        write(tmp_path / "set" / f"store_{month}.csv", "when,sales\n" + body)
    dataset = series(tmp_path / "set", layout="long")
    assert dataset.times is not None
    assert str(dataset.times[1]).startswith("2024-01-02")
    dates = decision(dataset, "dates")
    assert (dates.value, dates.is_doubtful) == ("month-first", False)


def test_problems_of_single_files_are_those_of_the_dataset(tmp_path: Path) -> None:
    for store in (1, 2):
        days = (1, 2, 3, 3, 4, 6) if store == 2 else range(1, 7)
        body = "".join(f"2024-01-{day:02},{day * 7 % 5}\n" for day in days)
        write(tmp_path / "set" / f"store_{store}.csv", "when,sales\n" + body)
    alone = read(tmp_path / "set" / "store_2.csv")
    assert alone.problems
    assert read(tmp_path / "set").problems == alone.problems


def test_column_named_y_of_a_recording_is_a_channel(tmp_path: Path) -> None:
    for label in ("wave", "rest"):
        for take in range(3):
            body = "".join(f"{at * 7 % 5},{at * 3 % 4},{at % 2 + take}\n" for at in range(9))
            write(tmp_path / "set" / label / f"{take}.csv", "a,b,y\n" + body)
    dataset = examples(tmp_path / "set")
    assert names(dataset) == ["a", "b", "y"]
    assert inspect(dataset)["classes"] == {"rest": 3, "wave": 3}
    assert dataset.sequence(1)[:2].tolist() == [[0, 0, 1], [2, 3, 2]]


def test_columns_in_another_order_are_matched_by_name(gestures: Path) -> None:
    write(gestures / "rest" / "0.csv", "ay,ax\n" + "10,1\n20,1\n10,2\n")
    dataset = examples(gestures)
    assert names(dataset) == ["ax", "ay"]
    assert dataset.sequence(4).tolist() == [[1, 10], [1, 20], [2, 10]]


def test_missing_column_is_one_message_with_the_file_and_the_column(gestures: Path) -> None:
    write(gestures / "rest" / "2.csv", "ax,other\n1,2\n2,2\n1,3\n")
    with pytest.raises(DatasetError, match=r"^rest/2\.csv: has no column 'ay', which 11 other"):
        read(gestures)


def test_first_file_that_lacks_a_column_is_the_one_that_is_named(gestures: Path) -> None:
    write(gestures / "point" / "0.csv", "ax\n1\n2\n1\n")
    with pytest.raises(DatasetError, match=r"^point/0\.csv: has no column 'ay'"):
        read(gestures)


def test_files_with_another_column_each_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "set" / "a.csv", "x,y\n1,2\n2,1\n1,3\n")
    write(tmp_path / "set" / "b.csv", "x,z\n1,2\n2,1\n1,3\n")
    with pytest.raises(DatasetError, match=r"^a\.csv: has no column 'z', which another file has"):
        read(tmp_path / "set")


def test_column_of_few_files_is_left_out_and_told(gestures: Path) -> None:
    write(gestures / "rest" / "2.csv", "ax,ay,extra\n1,2,5\n2,2,5\n1,3,6\n")
    dataset = examples(gestures)
    assert names(dataset) == ["ax", "ay"]
    assert "only 1 of 12 files has the column 'extra'" in decision(dataset, "ignore").evidence


def test_message_of_a_damaged_file_names_its_subfolder(gestures: Path) -> None:
    write(gestures / "rest" / "2.csv", "ax,ay\n1,2\n1\n")
    with pytest.raises(DatasetError, match=r"^rest/2\.csv, line 3: has 1 cell"):
        read(gestures)


@dataclass(frozen=True)
class Kind:
    suffix: str
    write: Callable[[Path, np.ndarray], None]


def _parquet(path: Path, values: np.ndarray) -> None:
    parquet.write_table(pa.table({"ax": values[:, 0], "ay": values[:, 1]}), path)


def _excel(path: Path, values: np.ndarray) -> None:
    book = openpyxl.Workbook()
    for row in (["ax", "ay"], *values.tolist()):
        book.active.append(row)
    book.save(path)


def _tabs(path: Path, values: np.ndarray) -> None:
    np.savetxt(path, values, "%.1f", "\t", header="a\tb", comments="")


KINDS = (
    Kind(".npy", np.save),
    Kind(".txt", lambda path, values: np.savetxt(path, values, fmt="%.1f")),
    Kind(
        ".tsv",
        lambda path, values: np.savetxt(path, values, "%.1f", "\t", header="a\tb", comments=""),
    ),
    Kind(".dat", lambda path, values: np.savetxt(path, values, fmt="%.1f")),
    Kind(".parquet", _parquet),
    Kind(".xlsx", _excel),
)


@pytest.mark.parametrize("kind", KINDS, ids=[kind.suffix for kind in KINDS])
def test_recordings_of_each_kind_are_read_alike(tmp_path: Path, kind: Kind) -> None:
    values = np.array([[1.5, 4], [0.5, 2], [3.5, 9], [2.5, 4]])
    for label in ("wave", "rest"):
        for take in range(3):
            (tmp_path / "set" / label).mkdir(parents=True, exist_ok=True)
            kind.write(tmp_path / "set" / label / f"{take}{kind.suffix}", values[: 3 + take % 2])
    dataset = examples(tmp_path / "set")
    assert inspect(dataset)["classes"] == {"rest": 3, "wave": 3}
    assert dataset.lengths.tolist() == [3, 4, 3, 3, 4, 3]
    assert dataset.sequence(1).tolist() == values.tolist()


def test_label_in_file_names_is_proposed_with_what_else_it_could_be(tmp_path: Path) -> None:
    for label in ("walk", "run"):
        for subject in ("s01", "s02", "s03"):
            for take in range(3):
                write(tmp_path / "set" / f"{label}_{subject}_{take}.csv", motion(STEPS, take))
    dataset = examples(tmp_path / "set")
    found = decision(dataset, "label")
    assert found.value == "{label}_{subject}_*"
    assert not found.is_doubtful
    assert "3 parts separated by _; the first takes 2 values" in found.evidence
    assert found.alternatives == ("none", "{group}_{subject}_{label}")
    assert inspect(dataset)["classes"] == {"run": 9, "walk": 9}
    assert set(dataset.groups["subject"].tolist()) == {"s01", "s02", "s03"}


def test_label_of_recordings_in_one_folder_is_what_is_said(tmp_path: Path) -> None:
    (tmp_path / "digits").mkdir()
    for digit in range(3):
        for speaker in ("george", "jackson"):
            for take in range(2):
                path = tmp_path / "digits" / f"{digit}_{speaker}_{take}.wav"
                soundfile.write(path, np.sin(np.arange(800) * (digit + 1) / 9), 8000)
    dataset = examples(tmp_path / "digits")
    assert decision(dataset, "label").value == "{label}_{speaker}_*"
    assert decision(dataset, "label").is_doubtful
    assert inspect(dataset)["classes"] == {"0": 4, "1": 4, "2": 4}
    assert set(dataset.groups["speaker"].tolist()) == {"george", "jackson"}
    other = examples(tmp_path / "digits", label="*_{label}_*")
    assert inspect(other)["classes"] == {"george": 6, "jackson": 6}
    assert decision(other, "label").is_set


def test_pattern_with_other_parts_gives_columns_of_groups(tmp_path: Path) -> None:
    for subject in (1, 2):
        for label in ("walk", "run"):
            write(tmp_path / "set" / f"subject{subject}-{label}-5.csv", motion(STEPS, subject))
    dataset = examples(tmp_path / "set", label="subject{subject}-{label}-*")
    assert dataset.groups["subject"].tolist() == ["1", "1", "2", "2"]
    assert inspect(dataset)["classes"] == {"run": 2, "walk": 2}
    assert [column.name for column in dataset.columns if column.role == "group"] == ["subject"]


def test_pattern_that_does_not_fit_a_name_names_the_file(tmp_path: Path) -> None:
    for name in ("walk_1", "walk_2", "other"):
        write(tmp_path / "set" / f"{name}.csv", motion(STEPS))
    with pytest.raises(DatasetError, match=r"the name 'other\.csv' does not fit .*\{label\}_\*"):
        read(tmp_path / "set", label="{label}_*")


@pytest.mark.parametrize(
    ("pattern", "wrong"),
    [("{subject}_*", "no part {label}"), ("{label}_{label}", "does not name each")],
)
def test_pattern_without_one_label_is_refused(tmp_path: Path, pattern: str, wrong: str) -> None:
    for name in ("walk_1", "walk_2"):
        write(tmp_path / "set" / f"{name}.csv", motion(STEPS))
    with pytest.raises(SpecError, match=wrong):
        read(tmp_path / "set", label=pattern)


def test_setting_label_none_reads_class_folders_as_series(gestures: Path) -> None:
    dataset = series(gestures, label="none")
    assert dataset.lengths is not None
    assert len(dataset.lengths) == 12


def test_folders_of_subjects_inside_classes_become_groups(tmp_path: Path) -> None:
    for label in ("walk", "run"):
        for subject in ("s1", "s2"):
            for take in range(2):
                write(tmp_path / "set" / subject / label / f"{take}.csv", motion(STEPS, take))
    dataset = examples(tmp_path / "set")
    assert decision(dataset, "label").value == "*/{label}/*"
    assert inspect(dataset)["classes"] == {"run": 4, "walk": 4}
    assert set(dataset.groups["subject"].tolist()) == {"s1", "s2"}
    other = examples(tmp_path / "set", label="{label}/{activity}/*")
    assert inspect(other)["classes"] == {"s1": 4, "s2": 4}


@pytest.mark.parametrize(
    "parts", [("Train", "Test"), ("TRAIN", "VAL", "TEST"), ("training", "testing")]
)
def test_train_and_test_folders_give_the_split(tmp_path: Path, parts: tuple[str, ...]) -> None:
    for number, part in enumerate(parts):
        for label in ("walk", "run"):
            for take in range(3):
                path = tmp_path / "set" / part / label / f"{take}.csv"
                write(path, motion(STEPS, number + take))
    dataset = examples(tmp_path / "set")
    assert list(inspect(dataset)["parts"].values()) == [6] * len(parts)
    assert inspect(dataset)["classes"] == {"run": len(parts) * 3, "walk": len(parts) * 3}


def test_validation_folder_is_the_test_set_where_there_is_none_and_told(tmp_path: Path) -> None:
    for part in ("train", "validation"):
        for label in ("walk", "run"):
            for take in range(3):
                write(tmp_path / "set" / part / label / f"{take}.csv", motion(STEPS, take))
    dataset = examples(tmp_path / "set")
    assert inspect(dataset)["parts"] == {"train": 6, "test": 6}
    assert "there is no test folder" in decision(dataset, "files").evidence


def test_folder_of_the_other_set_beside_is_found_and_told(tmp_path: Path) -> None:
    for part in ("TRAIN", "TEST"):
        for label in ("walk", "run"):
            for take in range(3):
                write(tmp_path / "set" / part / label / f"{take}.csv", motion(STEPS, take))
    for part in ("TRAIN", "TEST"):
        dataset = examples(tmp_path / "set" / part)
        assert inspect(dataset)["parts"] == {"train": 6, "test": 6}
        assert dataset.name == "set"
    found = decision(dataset, "files")
    assert found.evidence == "TRAIN stands beside the folder TEST"
    assert found.alternatives == ("TEST/*",)
    alone = examples(tmp_path / "set" / "TEST", files="TEST/*")
    assert (len(alone), alone.in_test) == (6, None)
    shutil.rmtree(tmp_path / "set" / "TRAIN")
    assert len(examples(tmp_path / "set" / "TEST", files="TEST/*")) == 6


def test_sources_of_a_set_are_those_of_both_folders(tmp_path: Path) -> None:
    for part in ("TRAIN", "TEST"):
        for label in ("walk", "run"):
            for take in range(2):
                write(tmp_path / "set" / part / label / f"{take}.csv", motion(STEPS, take))
    sources = source_files(FileDataset(path=str(tmp_path / "set" / "TEST")))
    assert {Path(file.name).parts[0] for file in sources} == {"TRAIN", "TEST"}


def labelled_rows(count: int) -> str:
    rows = (f"{at},{at * 3 % 5},{at % 4},{'ab'[at % 2]}\n" for at in range(count))
    return "u,v,w,label\n" + "".join(rows)


def test_tables_named_train_and_test_give_the_split_and_others_are_left_out(tmp_path: Path) -> None:
    write(tmp_path / "set" / "train.csv", labelled_rows(20))
    write(tmp_path / "set" / "test.csv", labelled_rows(10))
    write(tmp_path / "set" / "sample_submission.csv", "id,label\n1,a\n2,a\n")
    dataset = examples(tmp_path / "set")
    assert inspect(dataset)["parts"] == {"train": 20, "test": 10}
    found = decision(dataset, "files")
    assert found.evidence == "test.csv and train.csv are named as the sets of a split"
    assert (found.value, found.alternatives) == ("test.csv,train.csv", ("all",))


def test_table_without_labels_beside_one_with_labels_is_named(tmp_path: Path) -> None:
    write(tmp_path / "set" / "train.csv", labelled_rows(20))
    write(tmp_path / "set" / "test.csv", motion(8))
    with pytest.raises(DatasetError, match=r"^test\.csv: has no column of labels, which train"):
        read(tmp_path / "set")


def test_series_named_train_and_test_are_told_to_be_split_by_time(tmp_path: Path) -> None:
    for name in ("train", "test"):
        write(tmp_path / "set" / f"{name}.csv", motion(20))
    dataset = series(tmp_path / "set")
    assert any("given test set is not used" in str(note) for note in dataset.notes)


def test_class_named_train_beside_other_classes_is_a_class(tmp_path: Path) -> None:
    for label in ("train", "car", "plane"):
        for take in range(3):
            write(tmp_path / "set" / label / f"{take}.csv", motion(STEPS, take))
    dataset = examples(tmp_path / "set")
    assert dataset.class_names == ("car", "plane", "train")


def test_files_without_labels_are_series_whose_windows_never_mix_files(tmp_path: Path) -> None:
    for store in range(3):
        body = "".join(f"2024-01-{day + 1:02},{day * 3 % 7 + store}\n" for day in range(28))
        write(tmp_path / "stores" / f"store_{store + 1}.csv", "date,sales\n" + body)
    dataset = series(tmp_path / "stores")
    assert dataset.lengths is not None
    assert dataset.lengths.tolist() == [28, 28, 28]
    assert [(at.name, at.role) for at in dataset.columns] == [
        ("file", "id"), ("date", "time"), ("sales", "target"),
    ]  # fmt: skip
    layout = decision(dataset, "layout")
    assert (layout.value, layout.alternatives) == ("long", ("columns", "examples"))
    assert decision(dataset, "label").value == "none"
    prepared, task = prepare(dataset, TaskSpec(window=5, horizon=1))
    assert task.kind == "forecast"
    windows = sum(len(part) for part in (prepared.training, prepared.validation, prepared.test))
    assert windows <= 3 * (28 - 5)


def test_files_whose_times_follow_each_other_are_parts_of_one_series(tmp_path: Path) -> None:
    for month in (1, 2, 3):
        body = "".join(f"2024-{month:02}-{day + 1:02},{day % 7}\n" for day in range(28))
        write(tmp_path / "load" / f"part{11 - month}.csv", "date,load\n" + body)
    dataset = series(tmp_path / "load")
    assert dataset.lengths is None
    assert dataset.times is not None
    assert dataset.times.tolist() == sorted(dataset.times.tolist())
    layout = decision(dataset, "layout")
    assert (layout.value, layout.alternatives) == ("columns", ("long", "examples"))
    several = series(tmp_path / "load", layout="long")
    assert several.lengths is not None
    assert decision(several, "layout").is_set


def test_parts_without_times_are_appended_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for part in (1, 2, 10):
        write(tmp_path / "set" / f"part{part}.csv", f"level\n{part}\n{part + 0.5}\n{part}\n")
    dataset = series(tmp_path / "set", layout="columns")
    assert dataset.values[::3, 0].tolist() == [1, 2, 10]


def test_tables_of_labelled_rows_are_joined(tmp_path: Path) -> None:
    for part in range(3):
        body = "".join(f"{at},{at * 3 % 5},{at % 4},{'ab'[at % 2]}\n" for at in range(10))
        write(tmp_path / "set" / f"batch_{part}.csv", "u,v,w,label\n" + body)
    dataset = examples(tmp_path / "set")
    assert inspect(dataset)["classes"] == {"a": 15, "b": 15}
    assert decision(dataset, "layout").value == "rows"
    assert dataset.in_test is None


def test_rows_of_files_take_the_class_of_their_file(gestures: Path) -> None:
    dataset = examples(gestures, layout="rows")
    assert dataset.row_per_example
    assert inspect(dataset)["classes"] == {"point": 30, "rest": 30, "wave": 30}


def labelled_steps(classes: str) -> str:
    """A recording with a class for each step."""
    rows = (f"{at * 7 % 5},{at * 3 % 4},{label}\n" for at, label in enumerate(classes))
    return "ax,ay,label\n" + "".join(rows)


def test_column_with_one_class_in_each_file_labels_the_recordings(tmp_path: Path) -> None:
    for name in "abab":
        for take in range(3):
            write(tmp_path / "set" / f"x{name}{take}.csv", labelled_steps(name * (STEPS + take)))
    dataset = examples(tmp_path / "set", label="label")
    assert inspect(dataset)["classes"] == {"a": 3, "b": 3}
    assert names(dataset) == ["ax", "ay"]
    assert decision(dataset, "label").is_set


def test_column_whose_classes_last_for_many_rows_labels_the_steps(tmp_path: Path) -> None:
    for subject in range(3):
        write(tmp_path / "set" / f"subject{subject}.csv", labelled_steps("a" * 9 + "b" * 12))
    dataset = examples(tmp_path / "set")
    assert dataset.tags is not None
    assert dataset.tags.names == ("a", "b")
    assert len(dataset) == 3
    label = decision(dataset, "label")
    assert (label.value, label.alternatives) == ("label", ("none",))
    assert label.evidence == "the column 'label' changes once in subject0.csv"


def test_part_of_a_pattern_is_chosen_as_the_group(tmp_path: Path) -> None:
    for label in ("walk", "run"):
        for subject in ("s1", "s2"):
            for day in ("mon", "tue"):
                write(tmp_path / "set" / f"{label}_{subject}_{day}.csv", motion(STEPS))
    pattern = "{label}_{subject}_{day}"
    dataset = examples(tmp_path / "set", label=pattern, group="day")
    assert list(dataset.groups) == ["day"]
    with pytest.raises(SpecError, match="Choose one of subject, day"):
        read(tmp_path / "set", label=pattern, group="room")


def test_setting_files_limits_which_files_are_read(gestures: Path) -> None:
    dataset = examples(gestures, files="wave/*,rest/*")
    assert inspect(dataset)["classes"] == {"rest": 4, "wave": 4}
    assert decision(dataset, "files").is_set
    named = series(gestures, files="rest/0.csv, rest/1.csv", label="none")
    assert named.lengths is not None
    assert named.lengths.tolist() == [6, 7]
    with pytest.raises(SpecError, match=r"no file of gestures fits \*\.wav"):
        read(gestures, files="*.wav")


def test_named_files_may_hold_commas_and_brackets(tmp_path: Path) -> None:
    for name in ("b,1.csv", "b[2].csv", "b3.csv"):
        write(tmp_path / "set" / name, motion(STEPS))
    dataset = series(tmp_path / "set", files=patterns_of(["b,1.csv", "b[2].csv"]))
    assert dataset.lengths is not None
    assert dataset.lengths.tolist() == [STEPS, STEPS]


def test_named_file_outside_the_folder_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "secret.csv", motion(STEPS))
    write(tmp_path / "set" / "a.csv", motion(STEPS))
    with pytest.raises(DatasetError, match="leads out of the folder"):
        read(tmp_path / "set", files="a.csv,../secret.csv")


def test_files_that_never_hold_data_are_ignored_in_silence(gestures: Path) -> None:
    for name in (".DS_Store", "Thumbs.db", "README.md", "LICENSE", "__MACOSX/rest/0.csv",
                 ".git/config", "rest/.hidden.csv", "readme.txt"):  # fmt: skip
        write(gestures / name, "x")
    dataset = examples(gestures)
    assert len(dataset) == 12
    assert not dataset.notes


def test_files_of_another_kind_are_told_with_their_number_and_an_example(gestures: Path) -> None:
    write(gestures / "rest" / "sketch.png", "x")
    write(gestures / "wave" / "sketch.png", "x")
    [note] = examples(gestures).notes
    assert str(note) == (
        "2 files are left out because they are of another kind, such as rest/sketch.png"
    )


def test_table_beside_the_class_folders_is_left_out_and_told(gestures: Path) -> None:
    write(gestures / "overview.csv", "file,age\nx,3\ny,4\n")
    dataset = examples(gestures)
    assert len(dataset) == 12
    left = decision(dataset, "files")
    assert "overview.csv is outside the folders" in left.evidence
    assert (left.value, left.is_doubtful, left.alternatives) == ("*/*", True, ("all",))


def test_link_out_of_a_folder_of_tables_is_refused(gestures: Path) -> None:
    secret = write(gestures.parent / "secret.csv", motion(STEPS))
    (gestures / "rest" / "linked.csv").symlink_to(secret)
    with pytest.raises(DatasetError, match="leads out of the folder"):
        read(gestures)


def test_progress_is_told_while_files_are_read(gestures: Path, tmp_path: Path) -> None:
    shares: list[float] = []
    read(gestures, Cache(tmp_path / "cache", progress=shares.append))
    assert len(shares) == 12
    assert shares[-1] == 1.0


def test_many_files_are_listed_within_seconds(tmp_path: Path) -> None:
    for label in range(10):
        folder = tmp_path / "many" / str(label)
        folder.mkdir(parents=True)
        for at in range(2_000):
            (folder / f"{at}.csv").touch()
    started = time.perf_counter()
    chosen = choose_files(tmp_path / "many", FileDataset(path=str(tmp_path / "many")))
    assert len(chosen.files) == 20_000
    assert time.perf_counter() - started < 2  # a fifth of the files in a fifth of ten seconds


def test_numbers_keep_all_their_digits(tmp_path: Path) -> None:
    for label in ("walk", "run"):
        for take in range(2):
            write(tmp_path / "set" / label / f"{take}.csv", "x,y\n5412345.678,1\n5412345.682,3\n")
    dataset = examples(tmp_path / "set")
    assert dataset.values.dtype == np.float64
    assert dataset.values[0, 0] == 5412345.678
