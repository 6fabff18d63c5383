"""How numbers are written: the decimal mark and the mark between thousands."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from studio.core.decisions import ReadingDecision, set_by_user
from studio.core.specs.dataset_spec import FileDataset
from studio.data.parsing.date_patterns import is_date_text

SPACES = " \u00a0\u202f\u2009"
_MARKS = (".", ",", " ", "'", "_")
_NUMBER = re.compile(r"[+-]?[\d.,'_ \u00a0\u202f\u2009\u2019]*\d[.,]?")
_PLAIN = re.compile(r"[+-]?\d+")
_SURE_OF_MIXED, _SURE_OF_TWO, _SURE_OF_SHORT, _SURE_OF_QUOTED = 1.0, 0.97, 0.9, 0.85
_SURE_OF_USUAL, _UNSURE = 0.95, 0.6
_LARGEST_UNGROUPED = 1000
_DATES_CHECKED = 100

Use = Literal["decimal", "thousands"]


@dataclass(frozen=True)
class NumberStyle:
    """How the numbers of a table are written.

    Attributes:
        decimal: The decimal mark.
        thousands: The mark between groups of three digits, or "".
        decisions: How both were found.
    """

    decimal: str = "."
    thousands: str = ""
    decisions: tuple[ReadingDecision, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether numbers are written as Python writes them."""
        return self.decimal == "." and not self.thousands


@dataclass(frozen=True)
class _Sign:
    """What one column says of a mark."""

    mark: str
    use: Use
    sure: float
    evidence: str


def find_number_style(
    columns: Iterable[tuple[str, Sequence[str]]], delimiter: str, spec: FileDataset
) -> NumberStyle:
    """Detects how numbers are written; what the spec sets is not detected.

    Args:
        columns: The name of each column and a sample of its cells, stripped.
        delimiter: What separates the columns.
        spec: The settings.
    """
    signs = [sign for name, cells in columns for sign in _signs(name, cells, delimiter)]
    decimal, found_decimal = _decimal(signs, delimiter, spec)
    thousands, found_thousands = _thousands(signs, decimal, spec)
    return NumberStyle(decimal, thousands, (*found_decimal, *found_thousands))


def _decimal(
    signs: list[_Sign], delimiter: str, spec: FileDataset
) -> tuple[str, tuple[ReadingDecision, ...]]:
    if spec.decimal:
        return spec.decimal, (set_by_user("decimal", spec.decimal),)
    if spec.thousands in {".", ","}:
        decimal = "," if spec.thousands == "." else "."
        return decimal, (
            ReadingDecision("decimal", decimal, 1.0, "the other mark separates thousands"),
        )
    found = [sign for sign in signs if sign.use == "decimal" and sign.mark in ".,"]
    best = max(found, key=lambda sign: sign.sure, default=None)
    grouped = max(
        (sign for sign in signs if sign.use == "thousands" and sign.mark in ".,"),
        key=lambda sign: sign.sure,
        default=None,
    )
    if best is None or (grouped is not None and grouped.sure > best.sure):
        if grouped is None or grouped.mark == ",":
            return ".", ()
        evidence = "points separate thousands"
        return ",", (ReadingDecision("decimal", ",", grouped.sure, evidence, (".",)),)
    if best.mark == "." and best.sure == 1 and delimiter == ",":
        return ".", ()
    other = "," if best.mark == "." else "."
    return best.mark, (ReadingDecision("decimal", best.mark, best.sure, best.evidence, (other,)),)


def _thousands(
    signs: list[_Sign], decimal: str, spec: FileDataset
) -> tuple[str, tuple[ReadingDecision, ...]]:
    if spec.thousands:
        chosen = "" if spec.thousands == "none" else spec.thousands
        return chosen, (set_by_user("thousands", spec.thousands),)
    found = [sign for sign in signs if sign.use == "thousands" and sign.mark != decimal]
    if not found:
        return "", ()
    best = max(found, key=lambda sign: sign.sure)
    return best.mark, (
        ReadingDecision("thousands", best.mark, best.sure, best.evidence, ("none",)),
    )


def _signs(name: str, cells: Sequence[str], delimiter: str) -> Iterator[_Sign]:
    """What a column of numbers says of the marks in it."""
    if sum(map(is_date_text, cells[:_DATES_CHECKED])) * 2 > len(cells[:_DATES_CHECKED]):
        return
    numbers = [_without_signs(cell) for cell in cells]
    numeric = [number for number in numbers if number]
    if len(numeric) * 2 < len([cell for cell in cells if cell]):
        return
    for mark in _MARKS:
        with_mark = [number for number in numeric if mark in number]
        if with_mark and (sign := _sign(name, mark, with_mark, numeric, delimiter)) is not None:
            yield sign


def _without_signs(cell: str) -> str:
    """The digits and marks of a cell without currency or unit; "" where it is no number."""
    text = cell.strip("$€£¥₹%()" + SPACES).replace("\u2212", "-").rstrip("-")
    if _NUMBER.fullmatch(text) is None:
        return ""
    text = text.lstrip("+-").replace("\u2019", "'")
    for space in SPACES[1:]:
        text = text.replace(space, " ")
    return text


def _sign(
    name: str, mark: str, with_mark: list[str], numeric: list[str], delimiter: str
) -> _Sign | None:
    between = re.escape(mark)
    groups = re.compile(
        rf"([1-9]\d{{0,2}}({between}\d{{3}})+|[1-9]\d?({between}\d{{2}})+{between}\d{{3}})([.,]\d*)?"
    )
    odd = next((number for number in with_mark if groups.fullmatch(number) is None), None)
    where = f"column '{name}'"
    if odd is not None:
        if mark not in ".,":
            return None
        return _Sign(mark, "decimal", 1.0, f"as in {odd}, {where}")
    return _grouped(where, mark, with_mark, numeric, delimiter)


def _grouped(
    where: str, mark: str, with_mark: list[str], numeric: list[str], delimiter: str
) -> _Sign:
    """The sign where each cell with the mark has groups of three digits after it."""
    other = {".": ",", ",": "."}.get(mark, "")
    both = next((number for number in with_mark if other and other in number), None)
    if both is not None:
        return _Sign(mark, "thousands", _SURE_OF_MIXED, f"as in {both}, {where}")
    repeated = next((number for number in with_mark if number.count(mark) > 1), None)
    if repeated is not None or mark not in ".,":
        example = repeated or with_mark[0]
        return _Sign(mark, "thousands", _SURE_OF_TWO, f"as in {example}, {where}")
    without = [number for number in numeric if _PLAIN.fullmatch(number)]
    if without and all(int(number) < _LARGEST_UNGROUPED for number in without):
        evidence = f"{with_mark[0]} stands beside {without[0]} in {where}"
        return _Sign(mark, "thousands", _SURE_OF_SHORT, evidence)
    if mark == "," and delimiter == "," and not without:
        return _Sign(mark, "thousands", _SURE_OF_QUOTED, f"as in {with_mark[0]}, quoted, {where}")
    is_usual = mark == "." and delimiter == ","
    sure = _SURE_OF_USUAL if is_usual else _UNSURE
    return _Sign(
        mark,
        "decimal",
        sure,
        f"three digits follow each, as in {with_mark[0]}, {where}; it could separate thousands",
    )
