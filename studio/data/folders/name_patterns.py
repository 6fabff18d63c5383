"""Patterns for the names of files, such as {label}_{speaker}_*."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from studio.core.errors import DatasetError, SpecError

_TOKEN = re.compile(r"\{(?P<part>[^{}]*)\}|(?P<star>\*)|(?P<plain>[^{}*]+|[{}])")
_FIELD = "label_column"
LABEL = "label"


def is_pattern(value: str) -> bool:
    """Whether a value of the setting label is a pattern for names rather than a column."""
    return "{" in value or "*" in value


@dataclass(frozen=True)
class NamePattern:
    """What the parts of file names say.

    A part in braces takes everything up to the text behind it, or letters up to the first digit
    where an asterisk follows at once; an asterisk takes anything, as little as fits. A pattern with
    a slash is for the name with its subfolders; one that ends in the suffix of a file is for the
    whole name.

    Attributes:
        text: The pattern as written.
        parts: Names of its parts, in order.
        regex: The same as a regular expression with a group for each part.
    """

    text: str
    parts: tuple[str, ...]
    regex: re.Pattern[str]

    def match(self, name: str) -> tuple[str, ...] | None:
        """The parts of a file's name, or None where the pattern does not fit it.

        Args:
            name: The name with its subfolders and its suffix.
        """
        path = PurePosixPath(name)
        whole = name if "/" in self.text else path.name
        for candidate in (whole.removesuffix(path.suffix), whole):
            found = self.regex.fullmatch(candidate)
            if found is not None:
                return found.groups()
        return None

    def columns(self, names: Sequence[str], where: str) -> dict[str, list[str]]:
        """The parts of all names, by part.

        Args:
            names: Names of files with their subfolders and suffixes.
            where: The folder, for messages.

        Raises:
            DatasetError: The pattern does not fit a name.
        """
        rows = []
        for name in names:
            row = self.match(name)
            if row is None:
                raise DatasetError(
                    f"the name '{name}' does not fit the pattern {self.text}",
                    where=where,
                    remedy="Correct the setting label, or leave the file out by the setting files",
                )
            rows.append(row)
        return {part: list(column) for part, column in zip(self.parts, zip(*rows), strict=True)}  # noqa: B905 - rows are alike


def parse_pattern(text: str) -> NamePattern:
    """The pattern that a text describes.

    Raises:
        SpecError: A part has no name, or two have the same one.
    """
    tokens = list(_TOKEN.finditer(text))
    parts: list[str] = []
    pieces: list[str] = []
    for at, token in enumerate(tokens):
        if token["part"] is not None:
            parts.append(token["part"].strip())
            pieces.append(_part(tokens, at))
        else:
            pieces.append(".*?" if token["star"] else re.escape(token["plain"]))
    named = [part for part in parts if part]
    if len(named) != len(parts) or len(set(named)) != len(named) or not named:
        raise SpecError(
            f"'{text}' does not name each of its parts once",
            where=_FIELD,
            remedy="Write a pattern such as {label}_{speaker}_*",
            field=_FIELD,
        )
    return NamePattern(text, tuple(parts), re.compile("".join(pieces), re.DOTALL))


def _part(tokens: Sequence[re.Match[str]], at: int) -> str:
    """The expression of a named part: without the characters beside it."""
    before = _plain_at(tokens, at - 1)[-1:]
    behind = _plain_at(tokens, at + 1)[:1]
    digits = r"\d" if at + 1 < len(tokens) and tokens[at + 1]["star"] else ""
    if at and tokens[at - 1]["part"] is not None:  # glued to letters, as the 7 in subject7
        return r"(\d+)"
    if at + 1 < len(tokens) and tokens[at + 1]["part"] is not None:
        digits = r"\d"
    excluded = "".join(re.escape(mark) for mark in _unique((before, behind)) if not mark.isalnum())
    return f"([^/{excluded}{digits}]+)"


def _unique(marks: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(mark for mark in marks if mark and mark != "/")


def _plain_at(tokens: Sequence[re.Match[str]], at: int) -> str:
    return tokens[at]["plain"] or "" if 0 <= at < len(tokens) else ""
