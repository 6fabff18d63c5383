"""Comparisons from plain values and experiment files; errors name their fields."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from studio.core.errors import SpecError
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.core.specs.dataset_spec import FileDataset
from studio.core.specs.search_spec import search_from_table

_SEARCH = "search"
SEARCH_IS_FOR_TUNE = (
    "The search in this file is not made here: these settings are compared as they are. "
    "gate-studio tune makes it."
)
_MESSAGES = {
    "extra_forbidden": "there is no such setting",
    "missing": "this setting is missing",
    "union_tag_not_found": 'set source = "file" or source = "generated"',
    "union_tag_invalid": 'the source must be "file" or "generated"',
}


@dataclass(frozen=True)
class FieldProblem:
    """What is wrong with one field.

    Attributes:
        path: Names and positions that lead to it, such as ("contenders", 0, "cell"); empty for a
            problem of the whole.
        kind: Pydantic's type of the error.
        message: What is wrong, a clause.
        limits: The limits that a value exceeds, by pydantic's names (ge, gt, le, lt).
    """

    path: tuple[int | str, ...]
    kind: str
    message: str
    limits: Mapping[str, Any]

    @property
    def field(self) -> str:
        """The name of the field, or "" for a problem of the whole."""
        return next((part for part in reversed(self.path) if isinstance(part, str)), "")

    def __str__(self) -> str:
        place = ".".join(map(str, self.path))
        return f"{place}: {self.message}" if place else self.message


def field_problems(error: ValidationError) -> list[FieldProblem]:
    """The problems of a pydantic error, each with the field that has to change."""
    details = error.errors()
    places = [detail["loc"] for detail in details]
    problems = []
    for detail, place in zip(details, places, strict=True):
        if any(len(p) > len(place) and p[: len(place)] == place for p in places):
            continue  # pydantic also counts invalid items as missing; they are named themselves
        context = detail.get("ctx", {})
        message = detail["msg"].removeprefix("Value error, ")
        message = _MESSAGES.get(detail["type"], message.replace("Input should be ", "must be "))
        # "file" and "generated", which pydantic adds for the kind of dataset, are no fields
        path = place[:1] + place[2:] if place[:1] == ("dataset",) else place
        if detail["type"] == "setting":
            path = (*path, context["field"])
        problems.append(FieldProblem(path, detail["type"], message, context))
    return problems


def explain(error: ValidationError, where: str) -> SpecError:
    """A pydantic error as one sentence that names each field and what is wrong with it."""
    problems = field_problems(error)
    return SpecError(
        "; ".join(map(str, problems)),
        where=where,
        remedy="Correct it and try again",
        field=problems[0].field if len(problems) == 1 else "",
    )


def parse_comparison(values: Mapping[str, Any], where: str) -> ComparisonSpec:
    """Builds a comparison from plain values.

    Raises:
        SpecError: A value is invalid; the message names its field.
    """
    try:
        return ComparisonSpec.model_validate(values)
    except ValidationError as error:
        raise explain(error, where) from None


def read_experiment(path: Path) -> ComparisonSpec:
    """Reads an experiment file; a relative dataset path is relative to the file's folder.

    Its table [search] is not part of the comparison: see search_table.

    Raises:
        SpecError: The file is not TOML, or a value in it is invalid.
    """
    values = {name: value for name, value in _values(path).items() if name != _SEARCH}
    spec = _parse_strictly(values, str(path))
    if isinstance(spec.dataset, FileDataset) and not Path(spec.dataset.path).is_absolute():
        located = spec.dataset.model_copy(update={"path": str(path.parent / spec.dataset.path)})
        spec = spec.model_copy(update={"dataset": located})
    return spec


def search_table(path: Path) -> Mapping[str, Any] | None:
    """The table [search] of an experiment file, for search_from_table; None without one.

    Raises:
        SpecError: The file is not TOML, or the search cannot be made.
    """
    table = _values(path).get(_SEARCH)
    if table is None:
        return None
    where = f"{path}, [search]"
    if not isinstance(table, Mapping):
        raise SpecError("is no table", where=where, remedy="Write [search]")
    try:
        search_from_table(table, {}, lr=1.0, seed=0)
    except SpecError as error:
        error.where = where
        raise
    return table


def _values(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SpecError(f"cannot be read: {error.strerror}", where=str(path)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SpecError(
            f"is not a TOML file: {_said(error)}", where=str(path), remedy="Correct the file"
        ) from None


def _said(error: Exception) -> str:
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)


def _parse_strictly(values: Mapping[str, Any], where: str) -> ComparisonSpec:
    """Builds a comparison from typed values: true is no number, and neither is a text."""
    try:
        return ComparisonSpec.model_validate_json(json.dumps(values, default=str), strict=True)
    except ValidationError as error:
        raise explain(error, where) from None
    except RecursionError:
        raise SpecError("is nested too deeply", where=where, remedy="Correct the file") from None
