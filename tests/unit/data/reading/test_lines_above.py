"""Lines above and below a table, several header rows, and breaks in cells."""

from collections.abc import Callable

import pytest

from studio.core.errors import DatasetError, SpecError
from studio.data import Dataset
from studio.data.dataset import Series

Loader = Callable[..., Dataset]
ROWS = "".join(f"2024-01-{day:02},{day}.5,{day * 3}\n" for day in range(1, 29))


def read(dataset: Dataset) -> tuple[list[tuple[str, str]], int]:
    assert isinstance(dataset, Series)
    return [(column.name, column.unit) for column in dataset.columns], len(dataset)


@pytest.mark.parametrize(
    "above",
    [
        "Station report\n\ndate,load,volume\n",
        "Station,Berlin\nOperator,ACME\n\ndate,load,volume\n",
        "Report,,\n,,\ndate,load,volume\n",
        "# a comment\n# another\ndate,load,volume\n",
        '"date","load","volume"\n',
        "\ufeffdate,load,volume\n",
    ],
)
def test_lines_above_the_table_are_skipped(load_text: Loader, above: str) -> None:
    columns, rows = read(load_text(above + ROWS))
    assert columns == [("date", ""), ("load", ""), ("volume", "")]
    assert rows == 28


def test_a_first_line_can_state_the_delimiter(load_text: Loader) -> None:
    columns, rows = read(load_text("sep=;\n" + ("date,load,volume\n" + ROWS).replace(",", ";")))
    assert (columns[1], rows) == (("load", ""), 28)


def test_a_row_of_units_gives_the_units(load_text: Loader) -> None:
    columns, rows = read(load_text("date,load,volume\n,kW,m3\n" + ROWS))
    assert columns == [("date", ""), ("load", "kW"), ("volume", "m3")]
    assert rows == 28


def test_header_levels_are_joined_and_a_level_that_says_one_thing_is_left_out(
    load_text: Loader,
) -> None:
    header = "Price,Close,Volume\nTicker,ACME,ACME\nDate,,\n"
    assert read(load_text(header + ROWS))[0] == [("Date", ""), ("Close", ""), ("Volume", "")]
    header = "Level,north,south\nSensor,load,volume\nDate,,\n"
    assert read(load_text(header + ROWS))[0][1:] == [("north load", ""), ("south volume", "")]


def test_line_breaks_in_quotes_belong_to_the_cell(load_text: Loader) -> None:
    text = 'date,"load\n(kW)",volume\n' + ROWS
    assert read(load_text(text))[0][1] == ("load", "kW")
    quoted = "note,a,label\n" + '"two\nlines",1.5,x\n"one",2.5,y\n' * 20
    assert len(load_text(quoted, layout="examples", label="label", ignore="note")) == 40


def test_lines_below_the_table_are_left_out_and_told(load_text: Loader) -> None:
    dataset = load_text("date,load,volume\n" + ROWS + "Total\nSource: the grid operator\n")
    assert len(dataset) == 28
    [told] = [item for item in dataset.decisions if item.name == "skip_footer"]
    assert told.value == "2"


def test_lines_to_skip_at_the_end_can_be_set(load_text: Loader) -> None:
    text = "date,load,volume\n" + ROWS
    assert len(load_text(text, skip_footer=3)) == 25
    assert len(load_text(text + "Total,400,1200\n", skip_footer=0)) == 29
    assert len(load_text(text + "Total,400,1200\n")) == 28
    assert len(load_text(text + ",,\n" * 50)) == 28


def test_a_last_row_that_begins_like_a_total_is_a_row(load_text: Loader) -> None:
    rows = "".join(f"Shop {n},{n}.5,{n * 2}\n" for n in range(20))
    assert len(load_text("shop,sold,kept\n" + rows + "Total Wine,4.5,7\n")) == 21


def test_a_row_that_is_cut_off_is_no_footer(load_text: Loader) -> None:
    with pytest.raises(DatasetError, match="line 30: has 2 cells instead of 3"):
        load_text("date,load,volume\n" + ROWS + "2024-01-29,7\n")


def test_lines_to_skip_and_header_rows_can_be_set(load_text: Loader) -> None:
    text = "1,2,3\n4,5,6\ndate,load,volume\n" + ROWS
    assert read(load_text(text, skip_rows=2))[1] == 28
    assert read(load_text("a,b,c\n" + ROWS, header_rows=0, skip_rows=1))[0][0] == ("column 1", "")
    with pytest.raises(SpecError, match="skip_rows: leaves no line"):
        load_text(text, skip_rows=1000)


def test_row_names_without_a_heading_are_a_column(load_text: Loader) -> None:
    rows = "".join(f'"{n}" {n}.5 {n * 2}\n' for n in range(1, 20))
    assert len(load_text('"load" "volume"\n' + rows, "table.txt")) == 19


@pytest.mark.parametrize("header", ["0,1,2,3", "1,2,3,4", "2001,2002,2003,2004"])
def test_a_first_row_that_counts_is_a_header(load_text: Loader, header: str) -> None:
    rows = "".join(f"{n}.5,{n},7.{n},{n}\n" for n in range(30))
    dataset = load_text(header + "\n" + rows, layout="columns")
    assert len(dataset) == 30
