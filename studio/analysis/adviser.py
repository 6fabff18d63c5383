"""The article's rule of thumb for choosing a cell, and whether a measurement supports it.

It follows the claims C2, C6, C7, C8, C11 and C19. It is advice, not a fact, so it always ends with
the suggestion to measure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from studio.analysis.scores.outcomes import outcome_of
from studio.analysis.scores.verdicts import ScoreVerdict
from studio.core.results.history import ComparisonHistory

Goal = Literal["score", "speed", "small device"]
Pick = Literal["GRU", "LSTM"]
Measured = Literal["GRU", "LSTM", "same", "undecided"]

GRU: Pick = "GRU"
LSTM: Pick = "LSTM"
FEW_SEQUENCES = 100_000
SHORT_STEPS = 200
_RULE = "A common rule of thumb"
_SOURCE = "(source: page Claims)"


@dataclass(frozen=True)
class Reason:
    """One claim in favour of a cell.

    Attributes:
        cell: The favoured cell.
        why: A phrase, such as "few sequences".
        sentence: The claim in full.
    """

    cell: Pick
    why: str
    sentence: str


@dataclass(frozen=True)
class Advice:
    """The recommended cell.

    Attributes:
        pick: The cell.
        reasons: The claims in its favour, the decisive one first.
        against: The claims in favour of the other cell.
        offer: A sentence that suggests to measure.
    """

    pick: Pick
    reasons: tuple[Reason, ...]
    against: tuple[Reason, ...]
    offer: str

    @property
    def why(self) -> str:
        """All phrases in its favour."""
        return ", ".join(reason.why for reason in self.reasons)

    @property
    def sentences(self) -> tuple[str, ...]:
        """The recommendation, the claims for and against it, then the offer."""
        return (
            f"{_RULE} picks the {self.pick}: {self.why} {_SOURCE}.",
            *(reason.sentence for reason in self.reasons),
            *(f"Against it: {reason.sentence}" for reason in self.against),
            self.offer,
        )


def advise(
    sequences: int,
    steps: int,
    *,
    is_text: bool = False,
    device: str = "cpu",
    goal: Goal = "score",
) -> Advice:
    """The recommended cell: by cost where that is the goal, otherwise by the data.

    Args:
        sequences: Number of training sequences.
        steps: Steps of the longest sequence.
        is_text: Whether the sequences are texts.
        device: "cpu", "cuda" or "auto".
        goal: What counts most.
    """
    by_data = [*_reasons_by_length(steps, is_text=is_text), *_reasons_by_size(sequences)]
    lstm_first = sorted(by_data, key=lambda reason: reason.cell != "LSTM")
    ranked = [*_reasons_by_goal(goal), *lstm_first]
    pick = ranked[0].cell
    reasons = tuple(reason for reason in ranked if reason.cell == pick)
    against = tuple(reason for reason in ranked if reason.cell != pick)
    return Advice(pick, reasons, against, _offer(device, goal))


def measured(verdict: ScoreVerdict, first: Pick, second: Pick) -> Measured:
    """Which cell a verdict on two contenders favours."""
    outcome = outcome_of(verdict)
    if outcome == "first":
        return first
    return second if outcome == "second" else outcome


def advice_agreement(advice: Advice, result: Measured) -> str:
    """Whether the measurement supports or contradicts the advice, a sentence."""
    choice = f"the choice of the {advice.pick}"
    if result == "undecided":
        return f"The measurement is inconclusive: it neither supports nor contradicts {choice}."
    if result == "same":
        return f"The measurement contradicts {choice}: both are practically the same here."
    verb = "supports" if result == advice.pick else "contradicts"
    return f"The measurement {verb} {choice}: the {result} is better here."


def advice_and_outcome(history: ComparisonHistory, verdicts: Sequence[ScoreVerdict]) -> str:
    """The advice for a comparison's data and whether its verdict agrees, two sentences.

    Args:
        history: The comparison.
        verdicts: On its main metric.

    Returns:
        "" where no verdict compares a GRU and an LSTM that both have finished runs.
    """
    cells = {contender.name: contender.spec.cell.upper() for contender in history.contenders}
    preprocessing = history.preprocessing
    for verdict in verdicts:
        first, second = _pick(cells[verdict.first]), _pick(cells[verdict.second])
        if first and second and first != second and verdict.seeds:
            is_text = preprocessing.tokens in {"words", "characters"}
            sequences = history.part_sizes["training"]
            advice = advise(sequences, preprocessing.max_length, is_text=is_text)
            agreement = advice_agreement(advice, measured(verdict, first, second))
            if verdict.decision.kind == "baseline":
                agreement = "The measurement favours neither: a baseline is better than both."
            return f"{_RULE} picks the {advice.pick} for {advice.why} {_SOURCE}. {agreement}"
    return ""


def _pick(cell: str) -> Pick | None:
    return {"GRU": GRU, "LSTM": LSTM}.get(cell)


def _reasons_by_goal(goal: Goal) -> list[Reason]:
    if goal == "speed":
        claim = "GRUs reportedly train 20 to 40 % faster (C2)."
        return [Reason("GRU", "short training time", claim)]
    if goal == "small device":
        claim = "GRUs reportedly save 30 to 50 % of compute in production (C11)."
        return [Reason("GRU", "a small device", claim)]
    return []


def _reasons_by_length(steps: int, *, is_text: bool) -> list[Reason]:
    if steps <= SHORT_STEPS:
        claim = f"GRUs reportedly do well up to about {SHORT_STEPS} steps (C8)."
        return [Reason("GRU", "short sequences", claim)]
    claim = "Beyond about 500 steps LSTMs reportedly retain information slightly better (C8)."
    reasons = [Reason("LSTM", f"sequences longer than about {SHORT_STEPS} steps", claim)]
    if is_text:
        claim = "On long texts LSTMs are reportedly better in some cases (C19)."
        reasons.append(Reason("LSTM", "long texts", claim))
    return reasons


def _reasons_by_size(sequences: int) -> list[Reason]:
    if sequences < FEW_SEQUENCES:
        claim = f"Below about {FEW_SEQUENCES:,} sequences GRUs reportedly overfit less (C6)."
        return [Reason("GRU", "few sequences", claim)]
    claim = "With millions of sequences LSTMs reportedly match or exceed GRUs (C7)."
    return [Reason("LSTM", f"more than about {FEW_SEQUENCES:,} sequences", claim)]


def _offer(device: str, goal: Goal) -> str:
    if goal == "speed" and device != "cuda":
        return "Measure it: on a CPU the engine matters as much as the cell."
    return "Measure it."
