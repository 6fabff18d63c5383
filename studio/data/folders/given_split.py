"""The split that folders named train, validation and test give."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from studio.core.decisions import ReadingDecision
from studio.data.dataset import ExampleSet
from studio.data.files.folders import FolderFile
from studio.data.folders.file_patterns import pattern_for

_UNSURE = 0.7


@dataclass(frozen=True, eq=False)
class GivenSplit:
    """The set of each file.

    Attributes:
        in_test: Whether it is in the test set, (files,), or None where no split is given.
        in_validation: The same for the validation set.
        decisions: What had to be decided.
    """

    in_test: NDArray[np.bool_] | None = None
    in_validation: NDArray[np.bool_] | None = None
    decisions: tuple[ReadingDecision, ...] = ()

    @classmethod
    def of(cls, files: Sequence[FolderFile]) -> "GivenSplit":
        """The split of files; a validation folder without a test folder is the test set."""
        parts = {file.part for file in files}
        in_test = np.array([file.part == "test" for file in files], dtype=np.bool_)
        in_validation = np.array([file.part == "validation" for file in files], dtype=np.bool_)
        if parts == {"train", "test"}:
            return cls(in_test)
        if parts == {"train", "validation", "test"}:
            return cls(in_test, in_validation)
        if parts == {"train", "validation"}:
            return cls(in_validation, None, (_validation_as_test(files),))
        return cls()

    def apply(self, examples: ExampleSet, counts: NDArray[np.int64] | None = None) -> ExampleSet:
        """Examples with the split.

        Args:
            examples: The examples, in the order of the files.
            counts: Examples of each file, (files,); one each where left out.
        """
        if self.in_test is None:
            return examples
        times = 1 if counts is None else counts
        in_validation = self.in_validation
        return replace(
            examples,
            in_test=np.repeat(self.in_test, times),
            in_validation=None if in_validation is None else np.repeat(in_validation, times),
            decisions=(*examples.decisions, *self.decisions),
        )


def _validation_as_test(files: Sequence[FolderFile]) -> ReadingDecision:
    train = next(file for file in files if file.part == "train")
    folder = train.path.parents[len(train.levels)].name
    return ReadingDecision(
        "files",
        "all",
        _UNSURE,
        "the validation folder gives the test set, since there is no test folder",
        (f"{pattern_for(folder)}/*",),
    )
