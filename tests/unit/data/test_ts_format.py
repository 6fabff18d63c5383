"""The .ts format of the UCR and UEA archives."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.errors import DatasetError, UserError
from studio.core.notes import TimeStampsUnused
from studio.core.specs.comparison_spec import FileDataset, TaskSpec
from studio.data import Dataset, ExampleSet, inspect, load, prepare

HEADER = "# a comment\n@problemName Toy\n@timeStamps false\n@classLabel true a b\n@data\n"
Loader = Callable[..., Dataset]


def test_channels_are_separated_by_colons_and_lengths_may_vary(load_text: Loader) -> None:
    dataset = load_text(HEADER + "1,2,3:4,5,6:a\n7,8:9,10:b\n", "toy.ts")
    assert isinstance(dataset, ExampleSet)
    assert dataset.name == "Toy"
    assert dataset.sequence(0).tolist() == [[1, 4], [2, 5], [3, 6]]
    assert dataset.sequence(1).tolist() == [[7, 9], [8, 10]]
    assert inspect(dataset)["length"] == {"min": 2, "max": 3}
    assert inspect(dataset)["classes"] == {"a": 1, "b": 1}


def test_keywords_are_case_insensitive(load_text: Loader) -> None:
    dataset = load_text("@PROBLEMNAME X\n@CLASSLABEL TRUE a b\n@DATA\n1,2:a\n", "toy.ts")
    assert dataset.name == "X"


def test_target_label_gives_values(load_text: Loader) -> None:
    dataset = load_text("@problemName X\n@targetLabel true\n@data\n1,2:0.5\n3,4:-1\n", "toy.ts")
    assert isinstance(dataset, ExampleSet)
    assert dataset.class_names is None
    assert dataset.labels.tolist() == [[0.5], [-1]]


def test_question_marks_are_missing_values_with_their_line(load_text: Loader) -> None:
    dataset = load_text(HEADER + "1,2:a\n1,?:b\n" * 6, "toy.ts")
    assert inspect(dataset)["missing"] == 6
    with pytest.raises(DatasetError, match=r"toy.ts, line 7, column 'channel 1': 6 values"):
        prepare(dataset, TaskSpec())


@pytest.mark.parametrize("given_name", ["Toy_TRAIN.ts", "toy_test.TS"])
def test_pair_is_found_whichever_is_given(write: Callable[..., Path], given_name: str) -> None:
    write("Toy_TRAIN.ts", HEADER + "1,2:a\n" * 5 + "3,4:b\n" * 5)
    write("toy_test.TS", HEADER + "5,6,7:b\n" * 3 + "1,2:a\n")
    path = write(given_name, (write("x", "").parent / given_name).read_bytes())
    dataset = load(FileDataset(path=str(path)))
    assert isinstance(dataset, ExampleSet)
    assert inspect(dataset)["parts"] == {"train": 10, "test": 4}
    prepared, task = prepare(dataset, TaskSpec())
    assert task.split == (0.8, 0.2)
    assert prepared.test.positions.tolist() == [10, 11, 12, 13]
    assert prepared.test.inputs.shape == (4, 3, 1)
    assert prepared.test.lengths is not None
    assert prepared.test.lengths.tolist() == [3, 3, 3, 2]


def test_file_of_a_pair_is_read_without_the_other(write: Callable[..., Path]) -> None:
    path = write("Toy_TRAIN.ts", HEADER + "1,2:a\n3,4:b\n")
    assert inspect(load(FileDataset(path=str(path))))["parts"] == {}


def test_pair_of_different_channels_is_refused(write: Callable[..., Path]) -> None:
    path = write("Toy_TRAIN.ts", HEADER + "1,2:a\n3,4:b\n")
    write("Toy_TEST.ts", HEADER + "1,2:1,2:a\n")
    with pytest.raises(DatasetError, match="1 and 2 channels"):
        load(FileDataset(path=str(path)))


def test_values_with_time_stamps_are_read_in_their_order(load_text: Loader) -> None:
    header = "@problemName X\n@timeStamps true\n@classLabel true a b\n@data\n"
    row = "(2004-10-01 00:00:00,1.5),(2004-10-01 01:00:00,?):(0,3),(1,4):a\n"
    dataset = load_text(header + row + row.replace(":a", ":b"), "toy.ts")
    assert isinstance(dataset, ExampleSet)
    assert np.array_equal(dataset.sequence(0), [[1.5, 3], [np.nan, 4]], equal_nan=True)
    assert dataset.notes == (TimeStampsUnused(),)


def test_missing_value_of_the_test_file_is_named_by_its_own_line(
    write: Callable[..., Path],
) -> None:
    path = write("Toy_TRAIN.ts", HEADER + "1,2:a\n3,4:b\n" * 5)
    write("Toy_TEST.ts", HEADER + "1,?:a\n")
    with pytest.raises(DatasetError, match=r"Toy_TEST.ts, line 6"):
        prepare(load(FileDataset(path=str(path))), TaskSpec())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("@problemName X\n", "has no line @data"),
        ("1,2:a\n", r"line 1: has data before the line @data"),
        ("@data\n1,2:a\n", "neither class labels nor values"),
        ("@dimension many\n@data\n", r"line 1: @dimension must be followed by one integer"),
        (HEADER, "has a header but no examples"),
        (HEADER + "1,2\n", r"line 6: has no label after its values"),
        (HEADER + "1,2:c\n", r"line 6: the class 'c' is not listed"),
        (HEADER + "1,x:a\n", r"line 6: 'x' is not a finite number"),
        (HEADER + "1,inf:a\n", r"line 6: 'inf' is not a finite number"),
        (HEADER + "1,,2:a\n", r"line 6: has an empty value"),
        (HEADER + "1,2:3:a\n", r"line 6: has channels of 1 and 2 steps"),
        (HEADER + "1,2:a\n1,2:3,4:a\n", r"line 7: has 2 channels instead of 1"),
        ("@univariate true\n" + HEADER + "1:2:a\n", "has 2 channels instead of 1"),
        ("@seriesLength 3\n" + HEADER + "1,2:a\n", r"has 2 steps, but @seriesLength is 3"),
    ],
)
def test_error_of_a_ts_file_names_the_line(load_text: Loader, text: str, message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        load_text(text, "toy.ts")


CELLS = st.text("0123456789.,:?-e @ab\n#", max_size=120)
LINES = st.lists(
    st.sampled_from(
        ["@problemName X", "@timeStamps false", "@classLabel true a b", "@targetLabel true",
         "@dimension 2", "@seriesLength 2", "@univariate true", "@data", "1,2:a", "1,2:3,4:b",
         "?,1:a", "1:0.5", "# note", "", "@", "@dimension", "1,2,3:b"]
    ),
    max_size=12,
).map("\n".join)  # fmt: skip


@given(text=st.one_of(st.binary(max_size=200), LINES.map(str.encode), CELLS.map(str.encode),
       CELLS.map(lambda cells: (HEADER + cells).encode())))  # fmt: skip
def test_no_ts_file_escapes_as_anything_but_a_user_error(
    tmp_path_factory: pytest.TempPathFactory, text: bytes
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "toy.ts"
    path.write_bytes(text)
    with suppress(UserError):
        dataset = load(FileDataset(path=str(path)))
        inspect(dataset)
        prepare(dataset, TaskSpec())


@given(
    sequences=st.lists(
        st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=8), min_size=1, max_size=8
    )
)
def test_sequences_round_trip(
    tmp_path_factory: pytest.TempPathFactory, sequences: list[list[float]]
) -> None:
    path = tmp_path_factory.mktemp("round") / "toy.ts"
    lines = [",".join(map(repr, sequence)) + ":a" for sequence in sequences]
    path.write_text(HEADER + "\n".join(lines))
    dataset = load(FileDataset(path=str(path)))
    assert isinstance(dataset, ExampleSet)
    sequences_read = [dataset.sequence(index)[:, 0].tolist() for index in range(len(dataset))]
    assert sequences_read == sequences
