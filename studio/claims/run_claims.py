"""Measures claims one after another within a time budget."""

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from studio.claims.analysis.findings import Finding, not_measured
from studio.claims.laboratory.claim import Claim, ClaimResult
from studio.claims.laboratory.laboratory import Laboratory
from studio.core.errors import UserError
from studio.runs.execution.compute import Compute
from studio.runs.execution.turn_order import TurnRule
from studio.runs.workspace import Workspace
from studio.sessions import SessionFile

MOST_SECONDS = 300.0
"""Time limit of a single claim."""
_TURN_SECONDS = 0.2


@contextmanager
def open_laboratory(
    locks: Path, compute: Compute, threads: int | None = None, out: Path | None = None
) -> Iterator[Laboratory]:
    """A session for the comparisons of claims, temporary unless a file is named.

    Args:
        locks: The folder of lock files.
        compute: The compute thread, where torch runs.
        threads: CPU threads, or None for one per core.
        out: A session file to create and keep.
    """
    with tempfile.TemporaryDirectory(prefix="gate-studio-") as folder:
        path = out or Path(folder, "claims.gates")

        def create() -> SessionFile:
            return SessionFile.create(path, locks)

        with Workspace(create, compute, TurnRule(seconds=_TURN_SECONDS)) as workspace:
            yield Laboratory(workspace, compute, threads)


def run_claims(
    claims: Sequence[Claim], laboratory: Laboratory, budget: float
) -> Iterator[ClaimResult]:
    """Measures each claim within its share of the time; unused time goes to the others.

    Args:
        claims: The claims to measure.
        laboratory: Runs their comparisons.
        budget: Seconds for all of them.
    """
    end = time.monotonic() + budget
    for number, claim in enumerate(claims):
        seconds_left = max(0.0, end - time.monotonic())
        share = claim.share / sum(remaining.share for remaining in claims[number:])
        laboratory.set_time_limit(min(MOST_SECONDS, seconds_left * share))
        start = time.monotonic()
        findings = _measure(claim, laboratory)
        yield ClaimResult(
            claim,
            findings,
            time.monotonic() - start,
            laboratory.environment,
            datetime.now(UTC).isoformat(timespec="seconds"),
        )


def _measure(claim: Claim, laboratory: Laboratory) -> tuple[Finding, ...]:
    try:
        return tuple(claim.experiment(laboratory))
    except UserError as error:
        return (not_measured(f"Could not be measured: {error}"),)
