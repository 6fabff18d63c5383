"""How text is sampled from trained networks."""

from studio.core.specs.settings import LAST_SEED, Spec, setting


class SamplingSpec(Spec):
    """How a text is sampled; every network uses the same random numbers."""

    prompt: str = setting(
        "",
        "Prompt",
        "Text that the networks continue; without one they start after a line break.",
        max_length=10_000,
    )
    temperature: float = setting(
        0.8,
        "Temperature",
        "1 samples from the predicted probabilities, lower values favour likely symbols, 0 always "
        "takes the likeliest.",
        ge=0,
        le=10,
    )
    length: int = setting(
        200, "Length", "Number of symbols to sample.", unit="symbols", ge=1, le=10_000
    )
    draw: int = setting(
        1, "Draw", "Number of the random draw; the same number gives the same text.",
        ge=0, le=LAST_SEED,
    )  # fmt: skip
