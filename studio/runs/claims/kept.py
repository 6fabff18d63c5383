"""Keeps the newest result of each claim in the user's folder."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from studio.analysis.claims import Condition, Finding, KeptResult
from studio.analysis.maps import CrossoverMap, Place
from studio.runs.claims.claim import ClaimResult


def kept_result(result: ClaimResult) -> KeptResult:
    """The part of a result that is kept; the claim itself stands in the program."""
    return KeptResult(result.findings, result.seconds, result.environment, result.date)


class KeptClaims:
    """One JSON file; what in it cannot be read counts as not measured.

    Args:
        path: The file; it and its folder are made when the first result is put in.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, KeptResult]:
        """All results by claim id."""
        try:
            stored = json.loads(self._path.read_text(encoding="utf-8"))
            found = {str(name): _readable(values) for name, values in stored.items()}
        except (OSError, ValueError, AttributeError):
            return {}
        return {name: result for name, result in found.items() if result is not None}

    def put(self, name: str, result: KeptResult) -> None:
        """Takes the place of the claim's older result, whole or not at all.

        Raises:
            OSError: The file cannot be written.
        """
        kept = {**self.read(), name: result}
        text = json.dumps({each: _plain(asdict(found)) for each, found in kept.items()}, indent=1)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        beside = self._path.with_suffix(".new")
        beside.write_text(text, encoding="utf-8")
        beside.replace(self._path)


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON
    """JSON has no NaN."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _readable(values: Any) -> KeptResult | None:  # noqa: ANN401 - JSON
    try:
        return _result(values)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _result(values: Mapping[str, Any]) -> KeptResult:
    findings = tuple(_finding(each) for each in values["findings"])
    environment = {str(name): str(each) for name, each in values["environment"].items()}
    return KeptResult(findings, float(values["seconds"]), environment, str(values["date"]))


def _finding(values: Mapping[str, Any]) -> Finding:
    conditions = tuple(
        Condition(each["name"], *(_number(each[end]) for end in ("value", "low", "high")))
        for each in values["conditions"]
    )
    return Finding(
        verdict=values["verdict"],
        figure=_number(values["figure"]),
        low=_number(values["low"]),
        high=_number(values["high"]),
        unit=values["unit"],
        text=values["text"],
        engine=values["engine"],
        conditions=conditions,
        conditions_unit=values["conditions_unit"],
        maps=tuple(map(_map, values.get("maps", ()))),  # results of earlier versions have none
    )


def _map(values: Mapping[str, Any]) -> CrossoverMap:
    return CrossoverMap(
        title=str(values["title"]),
        unit=str(values["unit"]),
        rows=tuple(map(str, values["rows"])),
        columns=tuple(map(str, values["columns"])),
        places=tuple(tuple(map(_place, row)) for row in values["places"]),
    )


def _place(values: Mapping[str, Any] | None) -> Place | None:
    if values is None:
        return None
    return Place(
        value=_number(values["value"]),
        low=_number(values["low"]),
        high=_number(values["high"]),
        better=str(values["better"]),
        note=str(values["note"]),
    )


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)
