"""Stores the latest result of each claim in the user's folder."""

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from studio.claims.analysis.findings import StoredClaimResult
from studio.claims.laboratory.claim import ClaimResult
from studio.core.system.disk import write_whole

_RESULT = TypeAdapter(StoredClaimResult)


def stored_result(result: ClaimResult) -> StoredClaimResult:
    """The part of a result that is stored, without the claim itself."""
    return StoredClaimResult(result.findings, result.seconds, result.environment, result.date)


class ClaimResultsStore:
    """One JSON file; unreadable results count as not measured.

    Args:
        path: The file; it and its folder are created with the first result.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, StoredClaimResult]:
        """All results by claim id."""
        try:
            stored = json.loads(self._path.read_text(encoding="utf-8"))
            results = {str(name): _parse_or_none(values) for name, values in stored.items()}
        except (OSError, ValueError, AttributeError):
            return {}
        return {name: result for name, result in results.items() if result is not None}

    def put(self, name: str, result: StoredClaimResult) -> None:
        """Replaces the claim's earlier result atomically.

        Raises:
            OSError: The file cannot be written.
        """
        results = {**self.read(), name: result}
        values = {claim: _without_nan(asdict(stored)) for claim, stored in results.items()}
        text = json.dumps(values, indent=1)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self._path, text.encode())


def _without_nan(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        return {name: _without_nan(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _parse_or_none(values: Any) -> StoredClaimResult | None:  # noqa: ANN401 - JSON
    try:
        return _RESULT.validate_python(values)
    except ValidationError:
        return None
