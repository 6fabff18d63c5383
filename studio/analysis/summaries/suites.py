"""Suites: several comparisons of the same contenders, counted as wins, ties and losses."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from studio.analysis.scores.comparing import compare
from studio.analysis.scores.outcomes import outcomes_of
from studio.analysis.scores.verdicts import ScoreVerdict
from studio.analysis.summaries.comparability import largest_of_each, question_of
from studio.analysis.wording import count_of, with_interval
from studio.core.results.history import ComparisonHistory
from studio.core.results.metrics import metrics_of

_WORDS = {
    "same": "practically the same",
    "undecided": "inconclusive",
}


@dataclass(frozen=True)
class SuiteRow:
    """The result of one comparison for the pair.

    Attributes:
        comparison: Its number in the session.
        dataset: The dataset's name.
        verdict: On the task's main metric.
        outcome: "first", "same", "second" or "undecided", Holm-corrected over the rows.
    """

    comparison: int
    dataset: str
    verdict: ScoreVerdict
    outcome: str

    @property
    def words(self) -> str:
        names = {"first": self.verdict.first, "second": self.verdict.second}
        if self.verdict.decision.kind == "baseline":
            return f"{self.verdict.decision.name} is better than both"
        if self.outcome in names:
            return f"{names[self.outcome]} is better"
        if self.outcome == "undecided" and self.verdict.is_certain_alone:
            return "inconclusive after Holm's correction"
        return _WORDS[self.outcome]

    @property
    def difference(self) -> str:
        return with_interval(self.verdict.difference)


@dataclass(frozen=True)
class Suite:
    """Two contenders over several comparisons.

    Attributes:
        first: A contender.
        second: Another.
        rows: One for each dataset and task that both ran on.
        repeats: Number of earlier comparisons on the same dataset and task, which do not count.
    """

    first: str
    second: str
    rows: tuple[SuiteRow, ...]
    repeats: int = 0

    @property
    def counts(self) -> Mapping[str, int]:
        return Counter(row.outcome for row in self.rows)

    @property
    def sentence(self) -> str:
        counts = self.counts
        counted = (
            f"{self.first} is better {counts['first']} times, {self.second} "
            f"{counts['second']} times; practically the same {counts['same']} times, inconclusive "
            f"{counts['undecided']} times, over {len(self.rows)} comparisons. "
            "Verdicts are Holm-corrected."
        ).replace(" 1 times", " once")
        if not self.repeats:
            return counted
        left_out = count_of(self.repeats, "earlier comparison")
        return f"{counted} Each dataset counts once: {left_out} on the same data and task left out."


def suites(histories: Mapping[int, ComparisonHistory]) -> tuple[Suite, ...]:
    """A suite for each pair of contenders that ran in at least two of these comparisons.

    Left out are trials of learning rates, comparisons without a pair of finished runs, and all but
    the largest size of a learning curve. Of several on the same dataset and task the latest counts:
    repeating a comparison adds no independent evidence.

    Args:
        histories: By number of the comparison.
    """
    by_pair: dict[tuple[str, str], dict[str, list[_Entry]]] = {}
    for number, history in largest_of_each(histories).items():
        if history.spec.asked is not None:
            continue
        pairs = combinations((contender.name for contender in history.contenders), 2)
        verdicts = compare(history, metrics_of(history.preprocessing)[0])
        for pair, verdict in zip(pairs, verdicts, strict=True):
            if verdict.seeds:
                entry = _Entry(number, history.dataset_name, verdict)
                by_pair.setdefault(pair, {}).setdefault(question_of(history), []).append(entry)
    return tuple(
        _suite(pair, list(by_question.values()))
        for pair, by_question in by_pair.items()
        if len(by_question) > 1
    )


class _Entry(NamedTuple):
    number: int
    dataset: str
    verdict: ScoreVerdict


def _suite(pair: tuple[str, str], questions: list[list[_Entry]]) -> Suite:
    latest = sorted((entries[-1] for entries in questions), key=lambda entry: entry.number)
    outcomes = outcomes_of([entry.verdict for entry in latest])
    rows = tuple(
        SuiteRow(entry.number, entry.dataset, entry.verdict, outcome)
        for entry, outcome in zip(latest, outcomes, strict=True)
    )
    return Suite(*pair, rows, sum(len(entries) - 1 for entries in questions))
