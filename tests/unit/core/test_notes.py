"""Notes and problems are types; str() words each of them, and equal ones are equal."""

from typing import get_args, get_type_hints

import pytest

from studio.core import notes, problems
from studio.core.notes import ColumnUnused, DataNote, ExamplesLeftOut, SharedGroups
from studio.core.problems import DuplicateExamples, MissingSteps, Problem, TimesMissing

KINDS = [
    kind
    for module in (notes, problems)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, DataNote) and kind not in {DataNote, Problem}
]


@pytest.mark.parametrize("kind", [ColumnUnused, ExamplesLeftOut, SharedGroups])
def test_every_reason_of_a_note_is_worded(kind: type[DataNote]) -> None:
    hints = get_type_hints(kind)
    reason = next(name for name in ("reason", "cause") if name in hints)
    values = {name: "x" if hint is str else 2 for name, hint in hints.items()}
    sentences = {str(kind(**{**values, reason: word})) for word in get_args(hints[reason])}
    assert len(sentences) == len(get_args(hints[reason]))


def test_every_kind_has_words_of_its_own() -> None:
    assert len(KINDS) > 30
    assert all("__str__" in vars(kind) for kind in KINDS)


@pytest.mark.parametrize(
    ("note", "words"),
    [
        (ExamplesLeftOut(1, "no label"), "1 example without a label is left out"),
        (ExamplesLeftOut(1200, "duplicate"), "1,200 duplicate examples are left out"),
        (TimesMissing("t", 1), "column 't': 1 time is missing, and its row is placed last"),
        (
            DuplicateExamples(2, 10, 1),
            (
                "2 of 10 examples repeat an earlier one, 1 of them with another class: a random "
                "split puts the same example into the training set and the test set"
            ),
        ),
        (
            MissingSteps(1, 40, "1d", "days", "2024-03-01"),
            (
                "1 of 40 days between the first and the last date is missing, first 2024-03-01; "
                "windows skip them as if the rows were adjacent; resample=1d turns them into "
                "missing values"
            ),
        ),
    ],
)
def test_numbers_and_their_nouns_agree(note: DataNote, words: str) -> None:
    assert str(note) == words
