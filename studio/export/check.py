"""The result of checking a written model."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """The outcome of a format's check, before the files are moved.

    Attributes:
        difference: As in Exported.
        passed: Whether float32 rounding explains every difference.
        description: What was checked, a sentence.
        notes: What a user of the written model should know, sentences, or "".
    """

    difference: float
    passed: bool
    description: str
    notes: str = ""
