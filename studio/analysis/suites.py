"""Several comparisons of the same contenders: wins, ties and losses."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from studio.analysis.claims import outcomes_of
from studio.analysis.comparing import compare
from studio.analysis.same_but_for_size import largest_alone
from studio.analysis.verdicts import ScoreVerdict
from studio.analysis.words import counted, with_interval
from studio.core.history import ComparisonHistory
from studio.core.metrics import metrics_of

_WORDS = {
    "same": "practically the same",
    "undecided": "undecided",
}


@dataclass(frozen=True)
class SuiteRow:
    """What one comparison says of the pair.

    Attributes:
        comparison: Its number in the session.
        dataset: The dataset's name.
        verdict: On the task's main metric.
        outcome: "first", "same", "second" or "undecided", judged together with the others.
    """

    comparison: int
    dataset: str
    verdict: ScoreVerdict
    outcome: str

    @property
    def words(self) -> str:
        """The difference and what follows from it."""
        names = {"first": self.verdict.first, "second": self.verdict.second}
        if self.verdict.decision.kind == "baseline":
            return f"{self.verdict.decision.name} is better than both"
        if self.outcome in names:
            return f"{names[self.outcome]} is better"
        if self.outcome == "undecided" and self.verdict.is_certain_alone:
            return "undecided, as several are judged together"
        return _WORDS[self.outcome]

    @property
    def difference(self) -> str:
        """The difference with its interval."""
        return with_interval(self.verdict.difference)


@dataclass(frozen=True)
class Suite:
    """Two contenders over several comparisons.

    Attributes:
        first: The one.
        second: The other.
        rows: One for each dataset and task that both ran on.
        repeats: Earlier comparisons on the same dataset and task, which do not count once more.
    """

    first: str
    second: str
    rows: tuple[SuiteRow, ...]
    repeats: int = 0

    @property
    def counts(self) -> Mapping[str, int]:
        """How often each outcome came."""
        return Counter(row.outcome for row in self.rows)

    @property
    def sentence(self) -> str:
        """Wins, ties and losses in words."""
        counts = self.counts
        told = (
            f"{self.first} is better {counts['first']} times, {self.second} "
            f"{counts['second']} times; practically the same {counts['same']} times, undecided "
            f"{counts['undecided']} times, over {len(self.rows)} comparisons. Winners are judged "
            "together (Holm)."
        ).replace(" 1 times", " once")
        if not self.repeats:
            return told
        left_out = counted(self.repeats, "earlier comparison")
        return f"{told} Each dataset counts once: {left_out} on the same data and task left out."


def suites(histories: Mapping[int, ComparisonHistory]) -> tuple[Suite, ...]:
    """A suite for each pair of contenders that ran in at least two of these comparisons.

    Trials of learning rates do not count, nor do comparisons of which no pair of runs has ended,
    nor smaller sizes of a learning curve whose largest is there. Of several on the same dataset and
    task the latest counts: a comparison that is made again is no further evidence.

    Args:
        histories: By number of the comparison.
    """
    found: dict[tuple[str, str], dict[str, list[_Entry]]] = {}
    for number, history in largest_alone(histories).items():
        if history.spec.asked is not None:
            continue
        pairs = combinations((each.name for each in history.contenders), 2)
        verdicts = compare(history, metrics_of(history.preparation)[0])
        for pair, verdict in zip(pairs, verdicts, strict=True):
            if verdict.seeds:
                entry = _Entry(number, history.dataset_name, verdict)
                found.setdefault(pair, {}).setdefault(_question(history), []).append(entry)
    return tuple(_suite(pair, list(each.values())) for pair, each in found.items() if len(each) > 1)


class _Entry(NamedTuple):
    number: int
    dataset: str
    verdict: ScoreVerdict


def _question(history: ComparisonHistory) -> str:
    """Equal for comparisons on the same dataset and task."""
    spec = history.spec
    task = spec.task.model_copy(update={"training_examples": None})
    return f"{history.dataset_name}\n{spec.dataset.model_dump_json()}\n{task.model_dump_json()}"


def _suite(pair: tuple[str, str], questions: list[list[_Entry]]) -> Suite:
    latest = sorted((each[-1] for each in questions), key=lambda entry: entry.number)
    outcomes = outcomes_of([each.verdict for each in latest])
    rows = tuple(
        SuiteRow(each.number, each.dataset, each.verdict, outcome)
        for each, outcome in zip(latest, outcomes, strict=True)
    )
    return Suite(*pair, rows, sum(len(each) - 1 for each in questions))
