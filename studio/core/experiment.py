"""Plain values and experiment files as specs; what is wrong is told with its field."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from studio.core.datasets import FileDataset
from studio.core.errors import SpecError
from studio.core.spec import ComparisonSpec

_MESSAGES = {
    "extra_forbidden": "there is no such setting",
    "missing": "this setting is missing",
    "union_tag_not_found": 'say source = "file" or source = "generated"',
    "union_tag_invalid": 'the source is "file" or "generated"',
}


def explain(error: ValidationError, where: str) -> SpecError:
    """A pydantic error as one sentence that names the field and what is wrong with it."""
    details = error.errors()
    places = [detail["loc"] for detail in details]
    problems = []
    for detail, place in zip(details, places, strict=True):
        if any(len(other) > len(place) and other[: len(place)] == place for other in places):
            continue  # pydantic counts items that are wrong as missing: those are named themselves
        message = _MESSAGES.get(detail["type"], detail["msg"].removeprefix("Value error, "))
        # the tag of the dataset's kind that pydantic puts into the place is no field
        parts = place[:1] + place[2:] if place[:1] == ("dataset",) else place
        problems.append(f"{'.'.join(map(str, parts))}: {message}" if parts else message)
    return SpecError("; ".join(problems), where=where, remedy="Correct it and try again")


def parse_comparison(values: Mapping[str, Any], where: str) -> ComparisonSpec:
    """Builds a comparison from plain values.

    Raises:
        SpecError: A value is wrong; the message names its field.
    """
    try:
        return ComparisonSpec.model_validate(values)
    except ValidationError as error:
        raise explain(error, where) from None


def read_experiment(path: Path) -> ComparisonSpec:
    """Reads an experiment file; a relative dataset path counts from the file's folder.

    Raises:
        SpecError: The file is not TOML, or a value in it is wrong.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SpecError(f"cannot be read: {error.strerror}", where=str(path)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SpecError(
            f"is not a TOML file: {error}", where=str(path), remedy="Correct the file"
        ) from None
    spec = parse_comparison(values, str(path))
    if isinstance(spec.dataset, FileDataset) and not Path(spec.dataset.path).is_absolute():
        located = spec.dataset.model_copy(update={"path": str(path.parent / spec.dataset.path)})
        spec = spec.model_copy(update={"dataset": located})
    return spec
