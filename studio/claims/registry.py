"""All claims, in the order of their numbers."""

from studio.claims.costs import convergence, devices, inference, memory, parameters, speed, swap
from studio.claims.gates import gradients, memory_flow, redundancy
from studio.claims.laboratory.claim import Claim
from studio.claims.quality import (
    attention,
    big_data,
    fields,
    length,
    noise,
    parity,
    small_data,
    tuning,
)
from studio.core.errors import SpecError

CLAIMS: tuple[Claim, ...] = (
    parameters.CLAIM,
    speed.SPEED,
    memory.CLAIM,
    inference.LATENCY,
    parity.PARITY,
    small_data.CLAIM,
    big_data.CLAIM,
    length.CLAIM,
    convergence.CLAIM,
    gradients.CLAIM,
    inference.SAVING,
    memory_flow.CLAIM,
    swap.CLAIM,
    speed.EXAMPLE,
    fields.CLAIM,
    noise.CLAIM,
    tuning.CLAIM,
    redundancy.CLAIM,
    attention.CLAIM,
    parity.DEPENDS,
    devices.CLAIM,
)


def find_claims(names: list[str]) -> tuple[Claim, ...]:
    """The claims with these ids, case-insensitive; all claims where none is named.

    Raises:
        SpecError: There is no such claim.
    """
    known = {claim.id.lower(): claim for claim in CLAIMS}
    for name in names:
        if name.lower() not in known:
            ids = ", ".join(claim.id for claim in CLAIMS)
            raise SpecError(f"there is no claim {name!r}", remedy=f"Choose from {ids}")
    wanted = {name.lower() for name in names}
    return tuple(claim for claim in CLAIMS if not wanted or claim.id.lower() in wanted)
