"""The vocabulary of a text: the most frequent symbols of the training set."""

from dataclasses import dataclass

import numpy as np

from studio.core.arrays import Doubles, Integers
from studio.core.notes import VocabularyCoverage
from studio.core.specs.task_spec import SymbolInput, TaskSpec

OTHER = "<other>"
"""The first entry, for every symbol that is not in the vocabulary."""

MOST_CHANNELS = 64
"""Up to this size a vocabulary is one-hot encoded; larger ones use an embedding."""


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Symbols in the order of their codes.

    Attributes:
        symbols: The entry for other symbols, then the entries by decreasing frequency.
        code_of: The code of each symbol of the dataset, (symbols,).
        coverage: Share of the steps of all sets whose symbol is in the vocabulary.
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
        """Counts the symbols of the training set.

        Args:
            symbols: The symbol of each code of the dataset.
            training: Codes in the training set, (steps,).
            everything: Codes in all sets, (steps,).
            task: Size of the vocabulary, and how it enters.
        """
        counts = np.bincount(training.astype(np.int64), minlength=len(symbols))
        order = np.lexsort((np.arange(len(symbols)), -counts))
        present = order[counts[order] > 0]
        kept = present[: task.vocabulary or len(present)]
        code_of = np.zeros(len(symbols), dtype=np.int64)
        code_of[kept] = np.arange(1, len(kept) + 1)
        coverage = float(np.mean(code_of[everything.astype(np.int64)] > 0))
        default_input: SymbolInput = "one-hot" if len(kept) < MOST_CHANNELS else "embedding"
        entries = (OTHER, *(symbols[int(index)] for index in kept))
        return cls(entries, code_of, coverage, task.symbols or default_input)

    def encoded(self, values: Doubles) -> np.ndarray:
        """Codes of the dataset, (steps, 1), as (steps, 1) int32 codes or (steps, symbols)."""
        codes = self.code_of[values[:, 0].astype(np.int64)]
        if self.enters == "embedding":
            return codes.astype(np.int32)[:, np.newaxis]
        return np.eye(len(self.symbols), dtype=np.float32)[codes]

    @property
    def note(self) -> VocabularyCoverage:
        """How much of the text it covers."""
        return VocabularyCoverage(len(self.symbols) - 1, self.enters, self.coverage)
