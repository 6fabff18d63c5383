"""The symbols of a text that are told apart: the commonest of the training part."""

from dataclasses import dataclass

import numpy as np

from studio.core.arrays import Doubles, Integers
from studio.core.task import SymbolInput, TaskSpec

OTHER = "<other>"
"""The first entry: it stands for every symbol that is not among the others."""

MOST_CHANNELS = 64
"""So many symbols get a channel each; more enter as codes for an embedding."""


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Symbols in the order of their codes.

    Attributes:
        symbols: The entries, commonest first, behind the one for all others.
        code_of: The code of each symbol of the dataset, (symbols,).
        coverage: Share of the steps of all parts whose symbol is told apart.
        enters: How the codes enter the networks.
    """

    symbols: tuple[str, ...]
    code_of: Integers
    coverage: float
    enters: SymbolInput

    @classmethod
    def fit(
        cls, symbols: tuple[str, ...], training: Doubles, everything: Doubles, task: TaskSpec
    ) -> "Vocabulary":
        """Counts the symbols of the training part.

        Args:
            symbols: What the numbers in the dataset stand for.
            training: Numbers of the training part, (steps,).
            everything: Numbers of all parts, (steps,).
            task: How many are kept, and how they enter.
        """
        counts = np.bincount(training.astype(np.int64), minlength=len(symbols))
        order = np.lexsort((np.arange(len(symbols)), -counts))
        present = order[counts[order] > 0]
        kept = present[: task.vocabulary or len(present)]
        code_of = np.zeros(len(symbols), dtype=np.int64)
        code_of[kept] = np.arange(1, len(kept) + 1)
        known = float(np.mean(code_of[everything.astype(np.int64)] > 0))
        few: SymbolInput = "one-hot" if len(kept) < MOST_CHANNELS else "embedding"
        entries = (OTHER, *(symbols[int(at)] for at in kept))
        return cls(entries, code_of, known, task.symbols or few)

    def encoded(self, values: Doubles) -> np.ndarray:
        """Numbers of the dataset, (steps, 1), as (steps, 1) int32 codes or (steps, symbols)."""
        codes = self.code_of[values[:, 0].astype(np.int64)]
        if self.enters == "embedding":
            return codes.astype(np.int32)[:, np.newaxis]
        return np.eye(len(self.symbols), dtype=np.float32)[codes]

    @property
    def note(self) -> str:
        """A sentence on how much of the text it covers."""
        how = "an embedding" if self.enters == "embedding" else "a channel each"
        return (
            f"{len(self.symbols) - 1:,} symbols enter by {how} and cover "
            f"{self.coverage:.1%} of all steps"
        )
