"""A claim and its result."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from studio.claims.analysis.findings import Finding
from studio.claims.laboratory.laboratory import Laboratory


@dataclass(frozen=True)
class Claim:
    """A checkable statement about GRU and LSTM networks.

    Attributes:
        id: Such as "C2".
        title: A word or two.
        statement: The claim in a sentence.
        design: How it is tested, a sentence.
        experiment: Measures it: one finding per part or engine.
        claimed: The largest ratio that fully supports it, where it is about a ratio.
        share: Its share of the time for all claims, relative to 1 for most.
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
    """A claim with its findings.

    Attributes:
        claim: The claim.
        findings: One per part or engine.
        seconds: How long it took.
        environment: Versions, CPU and threads by name.
        date: When it was measured, in ISO format.
    """

    claim: Claim
    findings: tuple[Finding, ...]
    seconds: float
    environment: Mapping[str, str]
    date: str
