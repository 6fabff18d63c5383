"""Proposes a pattern for labels in file names from what the names have in common."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

_SEPARATORS = re.compile(r"[_\-. ]+")
_GLUED = re.compile(r"(?P<letters>[^\d_\-. ]+)\d+")
_YEAR = re.compile(r"(19|20)\d\d(-?\d\d){0,2}")
_GROUPS = (
    ("subject", re.compile(r"(s|p|u|subj|subject|participant|patient|person)\d+", re.IGNORECASE)),
    ("speaker", re.compile(r"(speaker|spk)\d+", re.IGNORECASE)),
    ("user", re.compile(r"user\d+", re.IGNORECASE)),
    ("session", re.compile(r"(session|sess|day)\d+", re.IGNORECASE)),
)
_COUNTED = re.compile(r"(trial|take|rep|rec|recording|run|nr|no|id|part|file)\d+", re.IGNORECASE)
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
_MOST_CLASSES = 1000
_FEW = 20
_SEVERAL = 3
_LEAST_RANK = 0.4
_ALONE, _ONE_OF_SEVERAL, _OF_DIGITS = 0.85, 0.7, 0.6


@dataclass(frozen=True)
class Proposal:
    """A pattern that file names suggest.

    Attributes:
        pattern: Such as {label}_{speaker}_*, or "" where nothing suggests labels.
        sure: From 0 to 1.
        evidence: What speaks for it.
        alternatives: The pattern with the label at other places.
        unlikely: The same at places that look like counters.
    """

    pattern: str = ""
    sure: float = 0.0
    evidence: str = "no part of the names repeats as a class would"
    alternatives: tuple[str, ...] = ()
    unlikely: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Part:
    """One part of all names, at the same place."""

    place: int
    values: tuple[str, ...] = field(repr=False)
    is_last: bool

    @cached_property
    def distinct(self) -> frozenset[str]:
        return frozenset(self.values)

    @property
    def is_constant(self) -> bool:
        return len(self.distinct) == 1

    @property
    def repeats(self) -> bool:
        return 1 < len(self.distinct) <= min(len(self.values) // 2, _MOST_CLASSES)

    @property
    def is_digits(self) -> bool:
        return all(value.isdigit() for value in self.distinct)

    @property
    def is_year(self) -> bool:
        return all(_YEAR.fullmatch(value) for value in self.distinct)

    @property
    def group(self) -> str:
        """What its values name: "subject", "speaker", or "" for none of these."""
        return group_name(self.values)

    @property
    def is_counted(self) -> bool:
        return all(_COUNTED.fullmatch(value) for value in self.distinct)

    @property
    def may_be_label(self) -> bool:
        return self.repeats and not (self.is_year or self.group or self.is_counted)

    @property
    def rank(self) -> float:
        """How much it looks like a class; words before digits, digits in front before others."""
        if not self.is_digits:
            return 1.0
        is_padded = any(value.startswith("0") and len(value) > 1 for value in self.distinct)
        return (
            0.8 * (len(self.distinct) <= _FEW)
            + 0.3 * (self.place == 0)
            - 0.5 * self.is_last
            - 0.4 * is_padded
        )


def group_name(values: Sequence[str]) -> str:
    """What words such as s01 and s02 name: "subject", "session", or "" for none of these."""
    distinct = set(values)
    return next(
        (name for name, form in _GROUPS if all(form.fullmatch(value) for value in distinct)), ""
    )


def propose_pattern(stems: Sequence[str], *, heard: bool = False) -> Proposal:
    """The likeliest pattern for names without their suffixes.

    Args:
        stems: The names.
        heard: Whether they are audio, where a repeated word is a speaker and a digit may be what
            is said.
    """
    separators = {tuple(_SEPARATORS.findall(stem)) for stem in stems}
    if len(separators) != 1:
        return _uneven(stems)
    [between] = separators
    parts = _parts([_SEPARATORS.split(stem) for stem in stems])
    if not between:
        return _glued(stems, parts[0])
    return _even(parts, between, heard=heard)


def _parts(rows: Sequence[Sequence[str]]) -> list[_Part]:
    last = len(rows[0]) - 1
    return [
        _Part(place, tuple(row[place] for row in rows), place == last) for place in range(last + 1)
    ]


def _even(parts: Sequence[_Part], between: tuple[str, ...], *, heard: bool) -> Proposal:
    """All names have the same separators."""
    candidates = sorted((part for part in parts if part.may_be_label), key=lambda part: -part.rank)
    texts = [_text(parts, between, label, heard=heard) for label in candidates]
    rivals = sum(part.rank > _LEAST_RANK for part in candidates)
    is_series = not heard and any(part.is_year for part in parts)
    chosen = candidates[0] if candidates else None
    if chosen is None or is_series or (chosen.is_digits and not _counts(chosen, parts, heard)):
        return Proposal(alternatives=tuple(texts[:rivals]), unlikely=tuple(texts[rivals:]))
    sure = _ALONE if rivals <= 1 else _ONE_OF_SEVERAL
    evidence = (
        f"the names have {len(parts)} parts separated by {_listed(between)}; "
        f"the {_ordinal(chosen.place)} takes {len(chosen.distinct)} values"
    )
    behind = max(1, rivals)
    return Proposal(
        texts[0],
        min(sure, _OF_DIGITS) if chosen.is_digits else sure,
        evidence,
        tuple(texts[1:behind]),
        tuple(texts[behind:]),
    )


def _counts(part: _Part, parts: Sequence[_Part], heard: bool) -> bool:  # noqa: FBT001 - private
    """Whether digits in front may be a class: what is said, or beside two other parts."""
    varied = sum(not other.is_constant for other in parts)
    return part.place == 0 and (heard or varied >= _SEVERAL)


def _uneven(stems: Sequence[str]) -> Proposal:
    """The names have different numbers of parts: their first or last word may be the label."""
    rows = [_SEPARATORS.split(stem) for stem in stems]
    if any(len(row) == 1 for row in rows):
        return Proposal()
    mark = _SEPARATORS.findall(stems[0])[0]
    if any(_SEPARATORS.findall(stem)[0] != mark for stem in stems):
        return Proposal()
    first = _Part(0, tuple(row[0] for row in rows), is_last=False)
    last = _Part(1, tuple(row[-1] for row in rows), is_last=True)
    found = [
        (part, text)
        for part, text in ((first, f"{{label}}{mark}*"), (last, f"*{mark}{{label}}"))
        if part.may_be_label and not part.is_digits
    ]
    if not found:
        return Proposal()
    part, text = found[0]
    where = "begin" if part is first else "end"
    evidence = f"the names {where} with {len(part.distinct)} words, each in several files"
    return Proposal(text, _OF_DIGITS, evidence, tuple(other for _, other in found[1:]))


def _glued(stems: Sequence[str], whole: _Part) -> Proposal:
    """Names of one part: letters with digits behind them, as in walk7."""
    matches = [_GLUED.fullmatch(stem) for stem in stems]
    if whole.repeats or not all(matches):
        return Proposal()
    letters = _Part(0, tuple(match["letters"] for match in matches if match), is_last=False)
    if not letters.may_be_label:
        return Proposal()
    count = len(letters.distinct)
    return Proposal("{label}*", _ALONE, f"the names are one of {count} words and a number")


def _text(parts: Sequence[_Part], between: tuple[str, ...], label: _Part, *, heard: bool) -> str:
    used: dict[str, int] = {}
    pieces = [_piece(part, label, used, heard=heard) for part in parts]
    text = "".join(piece + mark for piece, mark in zip(pieces, (*between, ""), strict=True))
    return re.sub(r"\*([_\-. ]+\*)+$", "*", text)


def _piece(part: _Part, label: _Part, used: dict[str, int], *, heard: bool) -> str:
    if part is label:
        return "{label}"
    if part.is_constant:
        [value] = part.distinct
        return value if not set(value) & set("{}*") else "*"
    if not part.repeats or part.is_counted or (part.is_digits and not part.group):
        return "*"
    name = part.group or ("speaker" if heard else "group")
    used[name] = used.get(name, 0) + 1
    return f"{{{name}}}" if used[name] == 1 else f"{{{name} {used[name]}}}"


def _ordinal(place: int) -> str:
    return _ORDINALS[place] if place < len(_ORDINALS) else f"{place + 1}th"


def _listed(between: tuple[str, ...]) -> str:
    marks = ["a space" if mark == " " else mark for mark in dict.fromkeys(between)]
    return " and ".join(marks)
