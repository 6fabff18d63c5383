"""Runs claims one after the other within a budget of time."""

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from studio.analysis.claims import Finding, nothing_measured
from studio.core.errors import UserError
from studio.runs.claims.claim import Claim, ClaimResult
from studio.runs.claims.laboratory import Laboratory
from studio.runs.compute import Compute
from studio.runs.schedule import TurnRule
from studio.runs.workspace import Workspace
from studio.sessions import SessionFile

MOST_SECONDS = 300.0
"""A single claim takes no longer than this."""
_TURN_SECONDS = 0.2


@contextmanager
def open_laboratory(
    locks: Path, compute: Compute, threads: int | None = None, out: Path | None = None
) -> Iterator[Laboratory]:
    """A session for the comparisons of claims, which goes with it where no file is named.

    Args:
        locks: The folder of lock files.
        compute: Where torch runs.
        threads: Processor threads, or None for the cores.
        out: A session file to make and keep.
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
    """Measures each claim within its share; what one does not need is left to the others.

    Args:
        claims: What to measure.
        laboratory: Where.
        budget: Seconds for all of them.
    """
    end = time.monotonic() + budget
    for number, claim in enumerate(claims):
        left = max(0.0, end - time.monotonic())
        part = claim.share / sum(each.share for each in claims[number:])
        laboratory.allow(min(MOST_SECONDS, left * part))
        began = time.monotonic()
        findings = _measured(claim, laboratory)
        yield ClaimResult(
            claim,
            findings,
            time.monotonic() - began,
            laboratory.environment,
            datetime.now(UTC).isoformat(timespec="seconds"),
        )


def _measured(claim: Claim, laboratory: Laboratory) -> tuple[Finding, ...]:
    try:
        return tuple(claim.experiment(laboratory))
    except UserError as error:
        return (nothing_measured(f"It could not be measured: {error}"),)
