"""Text that networks write: what was asked for, and what came."""

from dataclasses import dataclass

from studio.core.events import RunId
from studio.core.settings import LAST_SEED, Spec, setting


class SamplingSpec(Spec):
    """How a text is drawn; the same random numbers serve every network."""

    prompt: str = setting(
        "", "Prompt", "What the text begins with; blank begins with a line end.", max_length=10_000
    )
    temperature: float = setting(
        0.8,
        "Temperature",
        "1 draws symbols as probable as the network holds them, less draws the likelier ones more "
        "often, 0 always the likeliest.",
        ge=0,
        le=10,
    )
    length: int = setting(
        200, "Length", "How many symbols are drawn.", unit="symbols", ge=1, le=10_000
    )
    draw: int = setting(
        1, "Draw", "Number of the random draw; the same gives the same text.", ge=0, le=LAST_SEED
    )


@dataclass(frozen=True)
class WrittenText:
    """What one model wrote.

    Attributes:
        run: The run that it comes from.
        epoch: The epoch of its weights.
        text: What was drawn, without the prompt.
        unknown: Symbols of the prompt that the model has never seen, each once.
    """

    run: RunId
    epoch: int
    text: str
    unknown: tuple[str, ...]
