"""Names of datasets and contenders become file names on every system."""

from pathlib import Path

import pytest

from studio.core.file_names import file_stem, unused


@pytest.mark.parametrize(
    "name",
    ["x" * 400, "温度" * 200, "a/b\\c:d", "tab\there", "\x1b[2J", "CON", "nul.csv", "...", ""],
)
def test_any_name_becomes_a_file_that_can_be_written(tmp_path: Path, name: str) -> None:
    stem = file_stem(name)
    path = tmp_path / f"{stem}.gates"
    path.write_text("x")
    assert path.parent == tmp_path
    assert len(stem.encode()) <= 130
    assert stem.isprintable()
    assert stem.lower() not in {"con", "nul"}


def test_an_ordinary_name_stays_as_it_is() -> None:
    assert file_stem("Melbourne temperatures, 2 layers (å)") == (
        "Melbourne temperatures, 2 layers (å)"
    )


def test_a_second_file_of_a_name_gets_a_number(tmp_path: Path) -> None:
    first = unused(tmp_path / "a.gates")
    first.touch()
    second = unused(tmp_path / "a.gates")
    second.touch()
    assert [first.name, second.name, unused(tmp_path / "a.gates").name] == [
        "a.gates", "a 2.gates", "a 3.gates",
    ]  # fmt: skip
