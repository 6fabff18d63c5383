"""A claim under test and what a run of it gives."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from studio.analysis.claims import Finding
from studio.runs.claims.laboratory import Laboratory


@dataclass(frozen=True)
class Claim:
    """A checkable statement about GRU and LSTM networks.

    Attributes:
        id: Such as "C2".
        title: A word or two.
        statement: What is claimed.
        design: What is done to decide it, a sentence.
        experiment: Measures it: one finding for each part or engine.
        claimed: The ratio up to which the claim holds in full, where it is about a ratio.
        share: Of the time for all claims, against 1 of most.
    """

    id: str
    title: str
    statement: str
    design: str
    experiment: Callable[[Laboratory], Sequence[Finding]]
    claimed: float | None = None
    share: float = 1.0


@dataclass(frozen=True)
class ClaimResult:
    """A claim with what was found.

    Attributes:
        claim: The claim.
        findings: One for each part or engine.
        seconds: How long it took.
        environment: Versions, processor and threads by name.
        date: When, in ISO form.
    """

    claim: Claim
    findings: tuple[Finding, ...]
    seconds: float
    environment: Mapping[str, str]
    date: str
