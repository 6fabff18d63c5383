"""Names of users and files do nothing where they are written."""

import csv
import io

import pytest

from studio.core.foreign_text import csv_text, for_markdown, for_terminal


@pytest.mark.parametrize(
    "name", ["\x1b[2J", "\x1b]0;title\x07", "a\rb", "\x9b31m", "\u202eevil", "\x08\x08"]
)
def test_no_control_character_reaches_the_terminal(name: str) -> None:
    shown = for_terminal(f"before {name} after")
    assert all(character.isprintable() for character in shown)
    assert shown.startswith("before ")
    assert shown.endswith(" after")


def test_lines_and_letters_of_all_scripts_stay() -> None:
    text = "Größe\n\t温度 — 21 °C, −3"
    assert for_terminal(text) == text


@pytest.mark.parametrize("cell", ["=cmd|' /C calc'!A0", "@SUM(A1)", "+1+2", "-2+3", "\t=1"])
def test_no_cell_is_a_formula_of_a_spreadsheet(cell: str) -> None:
    [[written]] = csv.reader(io.StringIO(csv_text([[cell]])))
    assert written == f"'{cell}"


@pytest.mark.parametrize("cell", ["-1.5", "+2", "1e-3", "−3", "GRU", ""])
def test_numbers_and_names_stay_as_they_are_in_csv(cell: str) -> None:
    [[written], [_]] = csv.reader(io.StringIO(csv_text([[cell], ["end"]])))
    assert written == cell


def test_a_name_does_not_break_a_markdown_table() -> None:
    assert for_markdown("a|b\nc") == r"a\|b c"
    assert for_markdown("<b>x</b>") == r"\<b\>x\</b\>"
