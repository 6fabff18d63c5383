"""ARFF as Weka writes it: quotes only where needed, sparse rows, text and date attributes."""

from collections.abc import Callable

import numpy as np
import pytest

from studio.core.errors import DatasetError
from studio.data import Dataset, ExampleSet, Series, inspect

Loader = Callable[..., Dataset]


def test_quotes_stand_only_where_they_are_needed(load_text: Loader) -> None:
    dataset = load_text(
        "% made by Weka\n@RELATION 'two words'\n\n@ATTRIBUTE\tfirst\tNUMERIC\n"
        "@ATTRIBUTE 'second value' real\n@attribute class {walking,'running fast',\"it's\"}\n"
        "@DATA\n" + "1, 2.5 ,walking\n3,?,'running fast'\n% a comment\n5,6,\"it's\"\n" * 3,
        "x.arff",
    )
    assert isinstance(dataset, ExampleSet)
    assert inspect(dataset)["classes"] == {"it's": 3, "running fast": 3, "walking": 3}
    assert inspect(dataset)["missing"] == 3
    assert [column.name for column in dataset.columns] == ["first", "second value", "class"]


def test_sparse_rows_leave_out_zeros_and_the_first_class(load_text: Loader) -> None:
    dataset = load_text(
        "@relation r\n@attribute a numeric\n@attribute b numeric\n@attribute c numeric\n"
        "@attribute class {no,yes}\n@data\n" + "{0 1.5, 2 3}\n{1 2, 3 yes}\n{}\n" * 2,
        "x.arff",
    )
    assert isinstance(dataset, ExampleSet)
    assert dataset.sequence(0)[:, 0].tolist() == [1.5, 0, 3]
    assert dataset.sequence(1)[:, 0].tolist() == [0, 2, 0]
    assert inspect(dataset)["classes"] == {"no": 4, "yes": 2}


def test_text_attribute_is_the_text_of_labelled_texts(load_text: Loader) -> None:
    rows = "".join(
        f"'a good film, number {row}',pos\n\"a bad one {row}\",neg\n" for row in range(5)
    )
    dataset = load_text(
        f"@relation r\n@attribute text string\n@attribute class {{pos,neg}}\n@data\n{rows}",
        "x.arff",
    )
    assert isinstance(dataset, ExampleSet)
    assert dataset.symbols is not None
    assert inspect(dataset)["classes"] == {"neg": 5, "pos": 5}


@pytest.mark.parametrize(
    ("declared", "cells", "used"),
    [
        ('date "yyyy-MM-dd HH:mm:ss"', ["2024-01-0{} 10:00:00"], "%Y-%m-%d %H:%M:%S"),
        ("DATE 'dd.MM.yyyy'", ["0{}.01.2024"], "%d.%m.%Y"),
        ("date", ["2024-01-0{}T10:00:00"], "%Y-%m-%dT%H:%M:%S"),
    ],
)
def test_dates_are_read_in_the_declared_format(
    load_text: Loader, declared: str, cells: list[str], used: str
) -> None:
    rows = "".join(f'"{cells[0].format(day)}",{day}\n' for day in range(1, 10))
    dataset = load_text(
        f"@relation r\n@attribute stamp {declared}\n@attribute v numeric\n@data\n{rows}", "x.arff"
    )
    assert isinstance(dataset, Series)
    assert dataset.times is not None
    assert dataset.times[4].startswith("2024-01-05")
    assert ("dates", used) in [(each.name, each.value) for each in dataset.decisions]


def test_declared_integers_keep_their_fractions(load_text: Loader) -> None:
    dataset = load_text("@relation r\n@attribute v integer\n@data\n1.5\n2\n3\n", "x.arff")
    assert dataset.values[:, 0].tolist() == [1.5, 2, 3]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("@attribute v numeric\n@data\n1\nx\n", r"x\.arff, line 5: .*Invalid numerical value"),
        ("@attribute c {a,b}\n@data\na\nc\n", r"line 5: .*value c not found in nominal"),
        ("@attribute c {a,b}\n@data\na\n50%d\n", "line 5: does not follow the ARFF format"),
        ("@attribute v numeric\n@attribute w numeric\n@data\n1,2\n1\n", "line 6: does not follow"),
        ("@attribute v matrix\n@data\n1\n", r"line 2: .*Bad @ATTRIBUTE type"),
        ("@attribute v numeric\n@data\n1\n1e999\n", "row 2, column 'v': holds an infinite value"),
        ("@attribute d date 'yyyy-ww'\n@data\n2024-01\n", r"line 2: declares dates .* 'ww' is not"),
        ("@attribute d date 'yyyy-MM'\n@attribute v real\n@data\n'May',1\n",
         "row 1, column 'd': 'May' is not a date"),
        ("@attribute v numeric\n@data\n", "has no rows"),
        ("@attribute v numeric\n1\n2\n", "does not follow"),
    ],
)  # fmt: skip
def test_what_does_not_follow_the_format_is_named_with_its_line(
    load_text: Loader, text: str, message: str
) -> None:
    with pytest.raises(DatasetError, match=message):
        load_text(f"@relation r\n{text}", "x.arff")


def test_missing_cells_of_all_kinds_are_missing(load_text: Loader) -> None:
    dataset = load_text(
        "@relation r\n@attribute d date 'yyyy-MM-dd'\n@attribute v numeric\n@attribute w numeric\n"
        "@data\n2024-01-01,?,1\n?,2,?\n2024-01-03,3,4\n",
        "x.arff",
    )
    assert np.isnan(dataset.values).sum() == 2
    assert dataset.columns[0].missing == 1
    assert dataset.columns[1].first_missing == "x.arff, row 1"
