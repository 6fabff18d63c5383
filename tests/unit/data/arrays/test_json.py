"""JSON documents: records, columns, arrays and nested lists."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from studio.core.errors import DatasetError, SpecError
from studio.data import Dataset, ExampleSet, Series, inspect

Loader = Callable[..., Dataset]
RNG = np.random.default_rng(4)
DAYS = [f"2024-01-{day:02d}" for day in range(1, 21)]
LOADS = RNG.normal(size=20).round(3).tolist()
RECORDS = [{"day": day, "load": load} for day, load in zip(DAYS, LOADS, strict=True)]
ROWS = [[record["day"], record["load"]] for record in RECORDS]
INDEX = [str(number) for number in range(20)]


@pytest.mark.parametrize(
    "value",
    [
        RECORDS,
        {"day": DAYS, "load": LOADS},
        {"data": RECORDS},
        {"status": "ok", "count": 20, "results": RECORDS},
        {"latitude": 52.5, "hourly_units": {"load": "kW"}, "hourly": {"day": DAYS, "load": LOADS}},
        {"columns": ["day", "load"], "index": INDEX, "data": ROWS},
        {"schema": {"fields": []}, "data": RECORDS},
        {"day": dict(zip(INDEX, DAYS, strict=True)), "load": dict(zip(INDEX, LOADS, strict=True))},
        [["day", "load"], *ROWS],
    ],
    ids=["records", "columns", "wrapped", "service", "nested columns", "split", "table", "indexed",
         "rows with a header"],
)  # fmt: skip
@pytest.mark.parametrize("name", ["t.json", "download"])
def test_a_table_is_read_the_same_however_it_is_laid_out(
    load_text: Loader, value: Any, name: str  # noqa: ANN401 - JSON
) -> None:  # fmt: skip
    dataset = load_text(json.dumps(value, indent=1), name)
    assert isinstance(dataset, Series)
    assert dataset.values[:, 0].tolist() == LOADS
    assert dataset.times is not None
    assert dataset.times.tolist() == DAYS


def test_rows_by_date_keep_the_date(load_text: Loader) -> None:
    value = {day: {"load": load, "wind": 1.5} for day, load in zip(DAYS, LOADS, strict=True)}
    dataset = load_text(json.dumps(value), "t.json")
    assert isinstance(dataset, Series)
    assert dataset.values.shape == (20, 2)
    assert dataset.times is not None
    assert dataset.times.tolist() == DAYS


@pytest.mark.parametrize("is_ragged", [False, True])
def test_x_and_y_are_examples(load_text: Loader, is_ragged: bool) -> None:  # noqa: FBT001
    lengths = [9 + at % 3 * is_ragged for at in range(12)]
    x = [RNG.normal(size=(length, 2)).tolist() for length in lengths]
    y = ["a", "b"] * 6
    dataset = load_text(json.dumps({"X": x, "y": y, "note": "made up"}), "t.json")
    assert isinstance(dataset, ExampleSet)
    assert dataset.lengths.tolist() == lengths
    assert dataset.sequence(3).tolist() == x[3]
    assert inspect(dataset)["classes"] == {"a": 6, "b": 6}
    assert inspect(dataset)["notes"] == ["the array 'note' is not used (no list)"]


def test_nested_lists_are_arrays(load_text: Loader) -> None:
    assert len(load_text(json.dumps(LOADS), "t.json")) == 20
    matrix = [[value, value + 1] for value in LOADS]
    assert load_text(json.dumps(matrix), "t.json").values.tolist() == matrix
    ragged = load_text(json.dumps([[1.5, 2, 3], [4, None], [5, 6, 7, 8]]), "t.json")
    assert isinstance(ragged, ExampleSet)
    assert ragged.lengths.tolist() == [3, 2, 4]
    assert np.isnan(ragged.values[4, 0])


def test_records_of_objects_have_a_column_for_each_field(load_text: Loader) -> None:
    records = [{"day": day, "acc": {"x": 1.0 * at, "y": 2.0}} for at, day in enumerate(DAYS)]
    dataset = load_text(json.dumps(records), "t.json")
    assert [column.name for column in dataset.columns] == ["day", "acc.x", "acc.y"]


def test_records_of_lists_are_sequences(load_text: Loader) -> None:
    records = [{"x": [1.0, 2, 3 + at], "label": "ab"[at % 2]} for at in range(8)]
    dataset = load_text(json.dumps(records), "t.json")
    assert isinstance(dataset, ExampleSet)
    assert inspect(dataset)["classes"] == {"a": 4, "b": 4}


def test_one_of_several_tables_is_doubtful_and_can_be_set(load_text: Loader) -> None:
    value = {"sites": [{"id": 1, "name": "x"}], "values": RECORDS, "forecasts": RECORDS[:9]}
    dataset = load_text(json.dumps(value), "t.json")
    decision = dataset.decisions[0]
    assert (decision.name, decision.value) == ("member", "values")
    assert decision.is_doubtful
    assert decision.alternatives == ("forecasts", "sites")
    assert len(load_text(json.dumps(value), "t.json", member="forecasts")) == 9
    with pytest.raises(SpecError, match=r"member: there is no table 'x'\. Choose one of values, "):
        load_text(json.dumps(value), "t.json", member="x")


def test_numbers_in_quotes_are_numbers_and_told(load_text: Loader) -> None:
    records = [{"day": day, "price": f"{load:.3f}"} for day, load in zip(DAYS, LOADS, strict=True)]
    dataset = load_text(json.dumps(records), "t.json")
    assert dataset.values[:, 0].tolist() == LOADS
    assert "the column 'price' holds numbers that are written as text" in inspect(dataset)["notes"]


def test_marks_among_numbers_are_missing_and_others_are_named(load_text: Loader) -> None:
    records = [*RECORDS, {"day": "2024-01-21", "load": "NA"}, {"day": "2024-01-22"}]
    assert inspect(load_text(json.dumps(records), "t.json"))["missing"] == 2
    records[3] = {"day": "2024-01-04", "load": "off"}
    with pytest.raises(DatasetError, match=r"row 4, column 'load': 'off' is text.*na_values"):
        load_text(json.dumps(records), "t.json")
    assert inspect(load_text(json.dumps(records), "t.json", na_values="off"))["missing"] == 3


def test_one_object_is_a_document_and_several_are_json_lines(load_text: Loader) -> None:
    assert len(load_text(json.dumps({"a": [1, 2, 3], "b": [4, 5, 6]}), "t.json")) == 3
    lines = "\n".join(map(json.dumps, RECORDS))
    assert len(load_text(lines, "t.json")) == 20


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"a": 1},\n {"a": }]', r"t\.json, line 2: is not JSON: expecting value at column 8"),
        ('[{"a": 1, "a": 2}]', "has the key 'a' twice in one object"),
        ("[" * 100_000, "is nested too deeply"),
        ("[]", "holds neither a table nor lists"),
        ("{}", "holds an object with nothing"),
        ('{"a": 1, "b": "x"}', "holds an object with a, b, which are neither"),
        ('{"a": [1, 2], "b": [1, 2, 3]}', "neither columns of equal length nor arrays"),
        ('[{"a": 1}, {"a": [2]}]', "row 2, column 'a': .* is a list, but other cells are number"),
        ('[{"a": 1}, {"a": 1e999}]', "row 2, column 'a': holds an infinite value"),
        ('[[1, 2], [1, "x"]]', None),
        ("[[1, [2]], [3, [4]]]", "entry 1: holds something else than numbers"),
        ('{"X": [[1, 2], [3, 4]], "y": [1, 2, 3]}', r"array 'y': has the shape \(3,\)"),
        ('{"columns": ["a", "b"], "data": [[1, 2], [3]]}', "row 2: does not have a cell for each"),
        ('{"columns": ["a", "a"], "data": [[1, 2]]}', "two columns of the same name"),
        ("[" + "9" * 5000 + "]", "number that is too long"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(
    load_text: Loader, text: str, message: str | None
) -> None:
    with pytest.raises(DatasetError, match=message):
        load_text(text, "t.json")
