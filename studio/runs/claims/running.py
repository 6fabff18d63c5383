"""Runs claims one after the other within a budget of time."""

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from studio.analysis.claims import Finding, nothing_measured
from studio.core.errors import UserError
from studio.runs.claims.claim import Claim, ClaimResult
from studio.runs.claims.laboratory import Laboratory

MOST_SECONDS = 300.0
"""A single claim takes no longer than this."""


def run_claims(
    claims: Sequence[Claim], laboratory: Laboratory, budget: float
) -> Iterator[ClaimResult]:
    """Measures each claim; what one does not need is left to the others.

    Args:
        claims: What to measure.
        laboratory: Where.
        budget: Seconds for all of them.
    """
    end = time.monotonic() + budget
    for number, claim in enumerate(claims):
        left = max(0.0, end - time.monotonic())
        laboratory.allow(min(MOST_SECONDS, left / (len(claims) - number)))
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
