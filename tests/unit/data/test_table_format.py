"""Delimited tables: how they are read, and what is refused."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.errors import DatasetError, SpecError, UserError
from studio.core.notes import ColumnUnused, ConstantInput
from studio.core.problems import ConstantColumn, DatesOutOfOrder, MissingValuesFound
from studio.core.specs.comparison_spec import FileDataset, TaskSpec
from studio.data import Dataset, ExampleSet, Series, find_problems, inspect, load, prepare
from studio.data.parsing.date_patterns import is_date_text
from studio.data.tables.dialect import find_dialect
from studio.data.tables.header_rows import is_number, split_unit

Loader = Callable[..., Dataset]


def roles(dataset: Dataset) -> dict[str, str]:
    return {column.name: column.role for column in dataset.columns}


def test_date_column_makes_a_series_whose_last_number_is_the_target(load_text: Loader) -> None:
    dataset = load_text("date,a,b\n2020-01-01,1,2\n2020-01-02,3,4\n")
    assert isinstance(dataset, Series)
    assert roles(dataset) == {"date": "time", "a": "feature", "b": "target"}
    assert dataset.values.tolist() == [[1, 2], [3, 4]]
    assert dataset.times is not None
    assert dataset.times.tolist() == ["2020-01-01", "2020-01-02"]


def test_text_label_makes_each_row_an_example(load_text: Loader) -> None:
    dataset = load_text("a,b,kind\n" + "1,2,x\n3,4,y\n" * 3)
    assert isinstance(dataset, ExampleSet)
    assert inspect(dataset)["classes"] == {"x": 3, "y": 3}
    assert dataset.sequence(1).tolist() == [[3], [4]]
    assert dataset.class_names == ("x", "y")


def test_label_name_makes_a_column_of_whole_numbers_a_class(load_text: Loader) -> None:
    dataset = load_text("class,a,b,c\n" + "1,.1,.2,.3\n2,.4,.5,.6\n" * 5)
    assert isinstance(dataset, ExampleSet)
    assert dataset.class_names == ("1", "2")


def test_label_name_makes_a_column_of_fractions_a_value(load_text: Loader) -> None:
    rows = "".join(f"{index},{index * 2},{index * 0.37}\n" for index in range(10))
    dataset = load_text("a,b,y\n" + rows)
    assert isinstance(dataset, ExampleSet)
    assert dataset.class_names is None
    assert inspect(dataset)["task"] == "regress"


def test_numbers_without_label_or_date_are_a_series(load_text: Loader) -> None:
    dataset = load_text("a,b\n1,2\n3,4\n")
    assert isinstance(dataset, Series)


def test_two_columns_x_and_y_are_a_series(load_text: Loader) -> None:
    assert isinstance(load_text("x,y\n" + "0.5,1.5\n" * 4), Series)


def test_table_without_header_gets_numbered_columns(load_text: Loader) -> None:
    assert list(roles(load_text("1,2\n3,4\n"))) == ["column 1", "column 2"]


def test_numeric_header_is_detected_by_its_label(load_text: Loader) -> None:
    dataset = load_text("label,0,1,2\n" + "x,1,2,3\ny,4,5,6\n" * 3)
    assert [column.name for column in dataset.columns] == ["label", "0", "1", "2"]
    assert len(dataset) == 6


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_detected(load_text: Loader, delimiter: str) -> None:
    dataset = load_text("a,b\n1.5,2\n3,4\n".replace(",", delimiter))
    assert isinstance(dataset, Series)
    assert dataset.values.tolist() == [[1.5, 2], [3, 4]]


def test_runs_of_blanks_separate_columns_of_numbers(load_text: Loader) -> None:
    dataset = load_text("  t   x\n 1   2.5 \n 2  -3.5\n", "blanks.txt")
    assert isinstance(dataset, Series)
    assert dataset.values.ravel().tolist() == [2.5, -3.5]
    assert roles(dataset)["t"] == "time"


def test_decimal_comma_is_detected_between_semicolons(load_text: Loader) -> None:
    dataset = load_text("a;b\n1,5;2\n-3,25;4\n")
    assert isinstance(dataset, Series)
    assert dataset.values.tolist() == [[1.5, 2], [-3.25, 4]]


def test_decimal_comma_can_be_given_for_a_single_column(load_text: Loader) -> None:
    dataset = load_text("a\n1,5\n2,5\n", decimal=",")
    assert isinstance(dataset, Series)
    assert dataset.values.ravel().tolist() == [1.5, 2.5]


def test_comment_lines_at_the_start_are_skipped(load_text: Loader) -> None:
    assert list(roles(load_text("# made by a logger\n\na,b\n1,2\n"))) == ["a", "b"]


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_every_line_break_is_read(load_text: Loader, line_break: str) -> None:
    dataset = load_text(line_break.join(["a,b", "1,2", "3,4", ""]))
    assert inspect(dataset)["examples"] == 2


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_mark_gives_the_encoding(load_text: Loader, encoding: str) -> None:
    assert list(roles(load_text("Größe,b\n1,2\n".encode(encoding)))) == ["Größe", "b"]


def test_error_of_a_wrong_encoding_names_byte_and_line(load_text: Loader) -> None:
    with pytest.raises(DatasetError, match=r"line 2: is not UTF-8: byte 6 is 0xF6.*cp1252"):
        load_text("a,b\n1,ö\n".encode("cp1252"))


def test_given_encoding_is_used(load_text: Loader) -> None:
    assert "Größe" in roles(load_text("Größe,b\n1,2\n".encode("cp1252"), encoding="cp1252"))


def test_unknown_encoding_names_the_field(load_text: Loader) -> None:
    with pytest.raises(SpecError, match="encoding: 'klingon' is not a text encoding"):
        load_text("a\n1\n", encoding="klingon")


@pytest.mark.parametrize("delimiter", ["é", '"', "a", "\n", "."])
def test_delimiter_that_cannot_be_one_names_the_field(load_text: Loader, delimiter: str) -> None:
    with pytest.raises(SpecError, match=r"delimiter: .* cannot separate columns"):
        load_text("a,b\n1,2\n", delimiter=delimiter)


def test_unit_is_taken_from_the_header(load_text: Loader) -> None:
    column = load_text("date,Temp [°C]\n2020-01-01,5\n2020-01-02,6\n").columns[1]
    assert (column.name, column.unit) == ("Temp", "°C")


@pytest.mark.parametrize(
    ("header", "expected"),
    [("Temp (C)", ("Temp", "C")), ("x (1)", ("x (1)", "")), ("[°C]", ("[°C]", "")),
     ("wind [m/s]", ("wind", "m/s")), ("plain", ("plain", ""))],
)  # fmt: skip
def test_unit_needs_a_letter_and_a_name_before_it(header: str, expected: tuple[str, str]) -> None:
    assert split_unit(header) == expected


@pytest.mark.parametrize(
    "date",
    ["1981-01", "2016-07-01 00:00:00", "2016-07-01T00:00:00.5Z", "1/2/2020", "31.12.1999 23:59",
     "2020/01/31", "1999-Q4", "3/4/21 5:06 PM"],
)  # fmt: skip
def test_common_dates_are_recognised(date: str) -> None:
    assert is_date_text(date)
    assert not is_number(date)


def test_dates_out_of_order_are_a_problem_where_the_order_is_kept(load_text: Loader) -> None:
    dataset = load_text("date,a\n2020-01-02,1\n2020-01-01,2\n", order="as-is")
    assert find_problems(dataset) == (DatesOutOfOrder("date", "2020-01-01"),)


def test_missing_values_are_counted_and_the_first_is_located(load_text: Loader) -> None:
    dataset = load_text("a,b\n1,2\n1,\n3,NA\n4,nan\n")
    assert inspect(dataset)["missing"] == 3
    assert find_problems(dataset)[0] == MissingValuesFound("b", 3, "given.csv, line 3")


def test_prepare_refuses_missing_values_by_line_and_column(load_text: Loader) -> None:
    dataset = load_text("a,b\n" + "1,2\n" * 20 + "1,\n3,?\n")
    with pytest.raises(DatasetError, match=r"given.csv, line 22, column 'b': 2 values are missing"):
        prepare(dataset, TaskSpec())


def test_missing_values_of_an_unused_column_do_no_harm(load_text: Loader) -> None:
    dataset = load_text("a,b\n" + "1,2\n2,3\n" * 20 + ",3\n")
    prepared, _ = prepare(dataset, TaskSpec(features=("b",)))
    assert prepared.preprocessing.input_names == ("b",)


def test_empty_column_is_left_out_with_a_note(load_text: Loader) -> None:
    dataset = load_text("a,b,\n1,2,\n3,4,\n")
    assert roles(dataset) == {"a": "feature", "b": "target", "column 3": "ignored"}
    assert dataset.notes == (ColumnUnused("column 3", "empty"),)


def test_constant_column_is_a_note_and_no_error(load_text: Loader) -> None:
    dataset = load_text("a,b\n" + "".join(f"7,{index}\n" for index in range(40)))
    assert find_problems(dataset) == (ConstantColumn("a"),)
    prepared, _ = prepare(dataset, TaskSpec())
    assert ConstantInput("a") in prepared.notes


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("\n\n", "only blank lines"),
        ("a,b\n", "has a header but no rows"),
        ("a,b\n?,\n,?\n", "has only missing values"),
        ("a,b\nx,y\nz,w\n", "has no numeric column"),
        ("a,b\n1,2\n3\n", r"line 3: has 1 cell instead of 2"),
        ("a,b\n1,2\n3,4,5\n", r"line 3: has 3 cells instead of 2"),
        ("a,b\n" + "1,2\n" * 9 + "1,oops\n", r"line 11, column 'b': 'oops' is not a number"),
        ("a,b\n" + "1,2\n" * 9 + "1,inf\n", r"line 11, column 'b': holds an infinite value"),
        ("a,b\n" + "1,2\n" * 9 + "1,1e999\n", r"line 11, column 'b': holds an infinite value"),
        ("a,a\n1,2\n", r"line 1, column 'a': has 2 columns with this name"),
        ('a,b\n1,2\n3,"4\n5,6\n', r"line 3: has an unclosed quote"),
        (b"PK\x03\x04" + bytes(40), "a ZIP archive or an Excel workbook"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "a picture"),
        (b"a,b\n1,2\n\0\0\n", "a binary file"),
    ],
)
def test_bad_table_is_refused_in_one_sentence(
    load_text: Loader, content: str | bytes, message: str
) -> None:
    with pytest.raises(DatasetError, match=message) as caught:
        load_text(content)
    assert "\n" not in str(caught.value)


def test_zero_byte_far_after_the_head_is_found(load_text: Loader) -> None:
    with pytest.raises(DatasetError, match=r"line 2600002: holds a zero byte"):
        load_text(b"a,b\n" + b"1,2\n" * 2_600_000 + b"\0\n")


@pytest.mark.parametrize("before", [b"", b"a,b\n1,2\n"])
def test_endless_line_is_refused(load_text: Loader, before: bytes) -> None:
    with pytest.raises(DatasetError, match="a line longer than 10 MB"):
        load_text(before + b"1," * 5_500_000)


def test_missing_file_and_folder_have_different_errors(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="does not exist"):
        load(FileDataset(path=str(tmp_path / "gone.csv")))
    with pytest.raises(DatasetError, match="cannot be read as one dataset"):
        load(FileDataset(path=str(tmp_path)))
    with pytest.raises(DatasetError, match="cannot be read"):
        load(FileDataset(path=str(tmp_path / ("x" * 5000))))


def test_unknown_format_lists_the_known_ones(load_text: Loader) -> None:
    with pytest.raises(DatasetError, match=r"not in a supported format.*\.csv"):
        load_text("hello", "letter.doc")


def test_content_counts_more_than_the_name(write: Callable[..., Path], tmp_path: Path) -> None:
    np.save(tmp_path / "array.npy", np.arange(9.0))
    path = write("array.csv", (tmp_path / "array.npy").read_bytes())
    assert len(load(FileDataset(path=str(path)))) == 9


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("header", ["reading", ""])
def test_blank_lines_in_a_single_column_are_missing_values(
    load_text: Loader, header: str, line_break: str
) -> None:
    numbers = ["1.5", "", "2.5", "3.5", "  ", "", '"4.5"', "5.5"]
    lines = [header] * bool(header) + ["", *numbers, "", "", " "]
    dataset = load_text(line_break.join(lines))
    assert np.allclose(
        dataset.values[:, 0], [1.5, np.nan, 2.5, 3.5, np.nan, np.nan, 4.5, 5.5], equal_nan=True
    )
    summary = inspect(dataset)
    assert summary["missing"] == 3
    line = 3 + bool(header)
    assert f"first at given.csv, line {line}" in summary["problems"][0]["text"]
    with pytest.raises(DatasetError, match=f"line {line}"):
        prepare(dataset, TaskSpec())


def test_blank_lines_between_all_numbers_are_ignored(load_text: Loader) -> None:
    dataset = load_text("reading\n\n1\n\n2\n\n3\n\n4\n")
    assert dataset.values[:, 0].tolist() == [1, 2, 3, 4]


def test_blank_lines_between_rows_of_several_columns_are_ignored(load_text: Loader) -> None:
    dataset = load_text("a,b\n1,2\n\n\n3,4\n5,6\n")
    assert len(dataset) == 3
    assert inspect(dataset)["missing"] == 0


def test_error_of_a_cell_after_blank_lines_names_its_line(load_text: Loader) -> None:
    with pytest.raises(DatasetError, match="line 15, column 'a'"):
        load_text("a\n1\n\n\n" + "2\n" * 10 + "oops\n")


def test_line_numbers_count_quoted_line_breaks_and_blank_lines(load_text: Loader) -> None:
    text = 'note,a\n"two\nlines",1\n\n' + "x,2\n" * 9 + "x,oops\n"
    with pytest.raises(DatasetError, match="line 14, column 'a'"):
        load_text(text)


def test_ucr_text_files_separated_by_blanks_are_read_too(write: Callable[..., Path]) -> None:
    path = write("Toy_TRAIN.txt", "  1.0  0.25  0.5  0.75\n  2.0  1.5  2.5  3.5\n" * 4)
    write("Toy_TEST.txt", "  2.0  1.5  2.5  3.5\n  1.0  0.25  0.5  0.75\n")
    summary = inspect(load(FileDataset(path=str(path))))
    assert summary["parts"] == {"train": 8, "test": 2}
    assert summary["classes"] == {"1": 5, "2": 5}


def test_ucr_tables_without_header_have_the_class_first(write: Callable[..., Path]) -> None:
    rows = "".join(f"{index % 2 + 1}\t{index}.5\t{index * 2}.5\n" for index in range(10))
    path = write("Toy_TRAIN.tsv", rows)
    write("Toy_TEST.tsv", rows)
    summary = inspect(load(FileDataset(path=str(path))))
    assert summary["name"] == "Toy"
    assert summary["parts"] == {"train": 10, "test": 10}
    assert summary["classes"] == {"1": 10, "2": 10}


NUMBERS = st.floats(-1e9, 1e9).map(lambda value: round(value, 6))


@given(
    rows=st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS), min_size=1, max_size=30),
    delimiter=st.sampled_from(",;\t|"),
    header=st.booleans(),
)
def test_numbers_round_trip(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[float, float, float]],
    delimiter: str,
    header: bool,  # noqa: FBT001 - hypothesis gives arguments by name
) -> None:
    lines = [delimiter.join(map(repr, row)) for row in rows]
    path = tmp_path_factory.mktemp("round") / "table.csv"
    path.write_text("\n".join([delimiter.join("abc")] * header + lines))
    dataset = load(FileDataset(path=str(path)))
    assert isinstance(dataset, Series)
    assert np.array_equal(dataset.values, np.array(rows))


def prepared_or_refused(path: Path, **settings: object) -> None:
    with suppress(UserError):
        dataset = load(FileDataset.model_validate({"path": str(path), **settings}))
        inspect(dataset)
        prepare(dataset, TaskSpec())


@given(content=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode),
       st.text("0123456789,;.\t\n\"'-e#? ab", max_size=200).map(str.encode)))  # fmt: skip
def test_no_table_escapes_as_anything_but_a_user_error(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "table.csv"
    path.write_bytes(content)
    prepared_or_refused(path)


CELLS = st.sampled_from(["1", "2", "0.5", "", "x", "y", "2024-01-01", "2024-01-02", "a b c"])
ROLES = ("id_column", "time_column", "label_column", "group_column")


@given(
    rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=12),
    width=st.integers(1, 3),
    roles=st.dictionaries(st.sampled_from(ROLES), st.sampled_from("abc")),
)
def test_no_column_named_for_a_role_escapes_as_anything_but_a_user_error(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[list[str]],
    width: int,
    roles: dict[str, str],
) -> None:
    path = tmp_path_factory.mktemp("roles") / "table.csv"
    path.write_text("\n".join(",".join(row[:width]) for row in [["a", "b", "c"], *rows]))
    prepared_or_refused(path, header=True, **roles)


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("t,name\n" + "".join(f"{index},x{index}\n" for index in range(20)), {"time_column": "t"}),
        ("on,y\n" + "".join(f"2024-01-{index + 1:02},{index % 2}\n" for index in range(20)),
         {"label_column": "y"}),
    ],
)  # fmt: skip
def test_role_that_takes_the_only_column_of_numbers_is_refused(
    load_text: Loader, text: str, role: dict[str, str]
) -> None:
    with pytest.raises(DatasetError, match=r"no numeric column apart from .*Add a column of val"):
        load_text(text, **role)


def test_dates_that_are_named_as_labels_are_classes(load_text: Loader) -> None:
    rows = "".join(f"{index}.5,2024-01-0{index % 2 + 1}\n" for index in range(8))
    dataset = load_text("a,day\n" + rows, label_column="day")
    assert isinstance(dataset, ExampleSet)
    assert dataset.class_names == ("2024-01-01", "2024-01-02")


def test_time_column_is_not_a_step_of_examples(load_text: Loader) -> None:
    rows = "".join(f"{index},{index}.5,{index % 3},{'xy'[index % 2]}\n" for index in range(8))
    dataset = load_text("when,a,b,label\n" + rows, time_column="when")
    assert roles(dataset) == {"when": "time", "a": "feature", "b": "feature", "label": "label"}


def test_text_column_that_begins_far_down_lists_no_recordings(load_text: Loader) -> None:
    rows = "".join(
        f"{index},{index % 7},{'late' if index > 1500 else ''}\n" for index in range(2000)
    )
    dataset = load_text("a,b,remark\n" + rows)
    assert roles(dataset) == {"a": "ignored", "b": "target", "remark": "ignored"}


def test_dialect_tells_where_the_rows_begin(tmp_path: Path) -> None:
    data = b"# note\na;b\n1,5;2\n"
    dialect = find_dialect(tmp_path / "x.csv", data, FileDataset(path="x.csv"))
    assert (dialect.delimiter, dialect.decimal, dialect.first_line) == (";", ",", 3)
    assert data[dialect.body :] == b"1,5;2\n"
