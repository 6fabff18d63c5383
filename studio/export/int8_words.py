"""What is shown of the scores with int8 weights, beside a table of costs on a device."""

from collections.abc import Mapping

from studio.analysis.costs.device_rows import DeviceTable
from studio.analysis.wording import with_brackets
from studio.export.c.integer_scores import IntegerScore

Scores = Mapping[str, IntegerScore | str]
"""By contender: the score, or why there is none, a clause."""


def int8_cells(scores: Scores) -> dict[str, str]:
    """What stands in the table, by contender."""
    return {
        name: "" if isinstance(score, str) else with_brackets(score.own)
        for name, score in scores.items()
    }


def int8_sentences(table: DeviceTable, scores: Scores, untold: str = "") -> list[str]:
    """A sentence for each contender with a score, or with a reason that was not told yet.

    Args:
        table: The contenders; it tells why one cannot be written with int8 weights.
        scores: What was scored; a contender may lack.
        untold: A reason that is not worth a sentence.
    """
    told = []
    for row in table.rows:
        score = scores.get(row.name, row.int8)
        if isinstance(score, IntegerScore):
            told.append(f"{row.name}, best run by validation: {score.sentences}")
        elif isinstance(score, str) and score not in {row.int8, untold}:
            told.append(f"{row.name} has no score with int8 weights: {score}.")
    return told
