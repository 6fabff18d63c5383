"""Text that a model generated."""

from dataclasses import dataclass

from studio.core.results.events import RunId


@dataclass(frozen=True)
class SampledText:
    """Text that one model generated.

    Attributes:
        run: The run that it comes from.
        epoch: The epoch of its weights.
        text: The generated text, without the prompt.
        unknown: Distinct symbols of the prompt that are not in the vocabulary.
    """

    run: RunId
    epoch: int
    text: str
    unknown: tuple[str, ...]
