"""A header line that comes again further down, as in files that were joined."""

from collections.abc import Callable

import numpy as np
import pytest

from studio.core.errors import DatasetError
from studio.core.notes import HeaderRepeated
from studio.data import Dataset, ExampleSet, Series

Loader = Callable[..., Dataset]
ROWS = 60


def rows(first: int = 0, mark: str = ",") -> list[str]:
    return [
        mark.join(
            (
                f"2024-01-{1 + step // 24:02} {step % 24:02}:00",
                f"{step / 7:.3f}",
                f"{step * 37 % 101}",
            )
        )
        for step in range(first, first + ROWS)
    ]


def series(dataset: Dataset) -> Series:
    assert isinstance(dataset, Series)
    return dataset


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
def test_repeated_header_is_left_out_and_told(
    load_text: Loader, mark: str, line_break: str
) -> None:
    header = mark.join(("date", "load [kW]", "price"))
    lines = [header, *rows(0, mark), header, *rows(ROWS, mark), header, *rows(2 * ROWS, mark)]
    found = series(load_text(line_break.join(lines)))
    assert len(found) == 3 * ROWS
    assert not np.isnan(found.values).any()
    assert HeaderRepeated(2, f"given.csv, line {ROWS + 2}") in found.notes
    assert not any(decision.name == "na_values" for decision in found.decisions)
    assert [column.kind for column in found.columns] == ["date", "number", "number"]


def test_file_of_many_short_parts_is_one_table(load_text: Loader) -> None:
    header = "date,load,price"
    lines = [line for start in range(4) for line in (header, *rows(start * ROWS)[:3])]
    found = series(load_text("\n".join(lines), order="as-is"))
    assert len(found) == 12
    assert [column.name for column in found.columns] == ["date", "load", "price"]


def test_repeated_header_in_other_quotes_or_with_a_byte_order_mark_is_the_header(
    load_text: Loader,
) -> None:
    lines = ["date,load,price", *rows(), '\ufeff"date", "load" ,"price"', *rows(ROWS)]
    found = series(load_text("\n".join(lines)))
    assert len(found) == 2 * ROWS
    assert any(isinstance(note, HeaderRepeated) for note in found.notes)


def test_repeated_header_of_two_rows_leaves_both_out(load_text: Loader) -> None:
    header = ["date,load,price", ",kW,EUR"]
    found = series(load_text("\n".join([*header, *rows(), *header, *rows(ROWS)])))
    assert len(found) == 2 * ROWS
    assert [column.unit for column in found.channels] == ["kW", "EUR"]
    assert not np.isnan(found.values).any()


def test_single_column_keeps_its_number_of_steps(load_text: Loader) -> None:
    numbers = [f"{step / 3:.2f}" for step in range(ROWS)]
    found = series(load_text("\n".join(["load", *numbers, "load", *numbers])))
    assert len(found) == 2 * ROWS
    assert not np.isnan(found.values).any()


def test_lines_after_a_repeated_header_keep_their_numbers_in_messages(load_text: Loader) -> None:
    lines = ["date,load,price", *rows(), "date,load,price", *rows(ROWS)]
    lines[-1] = lines[-1].rsplit(",", 1)[0] + ",inf"
    with pytest.raises(DatasetError, match=rf"given.csv, line {2 * ROWS + 2}, column 'price'"):
        load_text("\n".join(lines))


def test_text_that_only_resembles_the_header_is_a_row(load_text: Loader) -> None:
    lines = ["text,label", *(f"text number {at},{'ab'[at % 2]}" for at in range(20))]
    found = load_text("\n".join([*lines, "text,label too"]))
    assert isinstance(found, ExampleSet)
    assert not any(isinstance(note, HeaderRepeated) for note in found.notes)


def test_table_without_a_header_repeats_none(load_text: Loader) -> None:
    found = load_text("\n".join(["1,2", "3,4", "1,2", "5,6"] * 10))
    assert not any(isinstance(note, HeaderRepeated) for note in found.notes)
