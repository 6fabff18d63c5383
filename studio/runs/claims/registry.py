"""All claims under test, in the order of their numbers."""

from studio.core.errors import SpecError
from studio.runs.claims import (
    attention,
    big_data,
    convergence,
    fields,
    gradients,
    inference,
    length,
    memory,
    memory_flow,
    noise,
    parameters,
    parity,
    redundancy,
    small_data,
    speed,
    swap,
    tuning,
)
from studio.runs.claims.claim import Claim

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
)


def find_claims(names: list[str]) -> tuple[Claim, ...]:
    """The claims with these names, letter case aside; all without names.

    Raises:
        SpecError: There is no such claim.
    """
    known = {claim.id.lower(): claim for claim in CLAIMS}
    for name in names:
        if name.lower() not in known:
            ids = ", ".join(claim.id for claim in CLAIMS)
            raise SpecError(f"there is no claim {name!r}", remedy=f"Choose of {ids}")
    wanted = {name.lower() for name in names}
    return tuple(claim for claim in CLAIMS if not wanted or claim.id.lower() in wanted)
