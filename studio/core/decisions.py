"""What reading a file decided: each decision with its certainty, evidence and alternatives."""

from dataclasses import dataclass

_OPTIONS_OF_COMPARE = frozenset({"task", "target"})
_DOUBTFUL = 0.8


@dataclass(frozen=True)
class ReadingDecision:
    """One choice that was made in reading a dataset, and the setting that overrules it.

    Attributes:
        name: The setting, as it is given on the command line: "delimiter", "time", "target".
        value: The choice, as the setting takes it.
        sure: How sure it is, from 0 to 1; 1 where it was set or leaves no other reading.
        evidence: What speaks for it and where, a clause without a full stop.
        alternatives: Other values that the setting takes, the likeliest first.
        is_set: Whether the user chose it.
    """

    name: str
    value: str
    sure: float
    evidence: str
    alternatives: tuple[str, ...] = ()
    is_set: bool = False

    @property
    def is_doubtful(self) -> bool:
        """Whether a user should look at it before training."""
        return not self.is_set and self.sure < _DOUBTFUL

    def option(self, value: str | None = None) -> str:
        """The option of the command line that chooses a value; without one, the first alternative.

        Args:
            value: The value to choose.
        """
        chosen = value if value is not None else next(iter(self.alternatives), self.value)
        argument = f"'{chosen}'" if set(chosen) - _PLAIN else chosen
        if self.name in _OPTIONS_OF_COMPARE:
            return f"--{self.name} {argument}"
        return f"--data-option {self.name}={argument}"


_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.,:/+%")


def set_by_user(name: str, value: object) -> ReadingDecision:
    """A decision that the user made."""
    return ReadingDecision(name, str(value), 1.0, "set by you", is_set=True)
