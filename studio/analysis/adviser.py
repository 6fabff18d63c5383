"""Which cell the article would pick for some data, why, and whether a measurement agrees.

Its advice, from the claims C2, C6, C7, C8, C11 and C19, and not a fact: it always ends in the offer
to measure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from studio.analysis.claims import outcome_of
from studio.analysis.verdicts import ScoreVerdict
from studio.core.history import ComparisonHistory

Goal = Literal["score", "speed", "small device"]
Pick = Literal["GRU", "LSTM"]
Measured = Literal["GRU", "LSTM", "same", "undecided"]

GRU: Pick = "GRU"
LSTM: Pick = "LSTM"
FEW_SEQUENCES = 100_000
SHORT_STEPS = 200
ARTICLE = "The article whose claims are tested"


@dataclass(frozen=True)
class Reason:
    """One claim that speaks for a cell.

    Attributes:
        cell: For which.
        why: A clause, such as "few sequences".
        sentence: The claim in full.
    """

    cell: Pick
    why: str
    sentence: str


@dataclass(frozen=True)
class Advice:
    """What the article would pick.

    Attributes:
        pick: The cell.
        reasons: The claims that speak for it, the one that decides first.
        against: Those that speak for the other cell.
        offer: To measure, a sentence.
    """

    pick: Pick
    reasons: tuple[Reason, ...]
    against: tuple[Reason, ...]
    offer: str

    @property
    def why(self) -> str:
        """Clauses of all that speaks for it."""
        return ", ".join(reason.why for reason in self.reasons)

    @property
    def sentences(self) -> tuple[str, ...]:
        """One for each claim, then what speaks against it, then the offer."""
        told = [f"{ARTICLE} would pick the {self.pick}: {self.why}."]
        told += [reason.sentence for reason in self.reasons]
        told += [f"Against it: {each.sentence}" for each in self.against]
        return (*told, self.offer)


def advise(
    sequences: int,
    steps: int,
    *,
    is_text: bool = False,
    device: str = "cpu",
    goal: Goal = "score",
) -> Advice:
    """The article's pick: by the goal where that is cost, else an LSTM where the data asks for one.

    Args:
        sequences: In the training part.
        steps: Of the longest sequence.
        is_text: Whether they are texts.
        device: "cpu", "cuda" or "auto".
        goal: What counts most.
    """
    of_data = [*_of_length(steps, is_text=is_text), *_of_size(sequences)]
    calls_for_more = sorted(of_data, key=lambda reason: reason.cell != "LSTM")
    found = [*_of_goal(goal), *calls_for_more]
    pick = found[0].cell
    reasons = tuple(each for each in found if each.cell == pick)
    against = tuple(each for each in found if each.cell != pick)
    return Advice(pick, reasons, against, _offer(device, goal))


def measured(verdict: ScoreVerdict, first: Pick, second: Pick) -> Measured:
    """What a verdict on two contenders says of their cells."""
    outcome = outcome_of(verdict)
    if outcome == "first":
        return first
    return second if outcome == "second" else outcome


def agreement(advice: Advice, found: Measured) -> str:
    """Whether the measurement agrees with the pick or contradicts it, a sentence."""
    if found == "undecided":
        return (
            "The measurement cannot tell the cells apart: it neither agrees with the pick of the "
            f"{advice.pick} nor contradicts it."
        )
    if found == "same":
        return (
            f"The measurement contradicts the pick of the {advice.pick}: both are practically the "
            "same here."
        )
    verb = "agrees with" if found == advice.pick else "contradicts"
    return f"The measurement {verb} the pick of the {advice.pick}: the {found} is better here."


def said_and_found(history: ComparisonHistory, verdicts: Sequence[ScoreVerdict]) -> str:
    """The article's pick for a comparison's data and whether its verdict agrees, two sentences.

    Args:
        history: The comparison.
        verdicts: On its main metric.

    Returns:
        "" where no verdict is on a GRU and an LSTM of which both have ended runs.
    """
    cells = {contender.name: contender.spec.cell.upper() for contender in history.contenders}
    preparation = history.preparation
    for verdict in verdicts:
        first, second = _pick(cells[verdict.first]), _pick(cells[verdict.second])
        if first and second and first != second and verdict.seeds:
            is_text = preparation.tokens in {"words", "characters"}
            sequences = history.part_sizes["training"]
            said = advise(sequences, preparation.max_length, is_text=is_text)
            found = agreement(said, measured(verdict, first, second))
            if verdict.decision.kind == "baseline":
                found = "The measurement picks neither: a naive baseline is better than both."
            return f"{ARTICLE} would pick the {said.pick} ({said.why}). {found}"
    return ""


def _pick(cell: str) -> Pick | None:
    return {"GRU": GRU, "LSTM": LSTM}.get(cell)


def _of_goal(goal: Goal) -> list[Reason]:
    if goal == "speed":
        return [
            Reason("GRU", "training time counts", "A GRU is said to train 20 to 40 % faster (C2).")
        ]
    if goal == "small device":
        saved = "A GRU is said to save 30 to 50 % of compute in production (C11)."
        return [Reason("GRU", "a small device", saved)]
    return []


def _of_length(steps: int, *, is_text: bool) -> list[Reason]:
    if steps <= SHORT_STEPS:
        well = f"A GRU is said to do well up to about {SHORT_STEPS} steps (C8)."
        return [Reason("GRU", "short sequences", well)]
    holds = "Past about 500 steps an LSTM is said to hold memory slightly better (C8)."
    found = [Reason("LSTM", f"sequences longer than about {SHORT_STEPS} steps", holds)]
    if is_text:
        may = "In long text the LSTM is said to be perhaps the better (C19)."
        found.append(Reason("LSTM", "long texts", may))
    return found


def _of_size(sequences: int) -> list[Reason]:
    if sequences < FEW_SEQUENCES:
        fits = f"Under about {FEW_SEQUENCES:,} sequences a GRU is said to overfit less (C6)."
        return [Reason("GRU", "few sequences", fits)]
    much = "With millions of sequences an LSTM is said to match the GRU or exceed it (C7)."
    return [Reason("LSTM", f"more than about {FEW_SEQUENCES:,} sequences", much)]


def _offer(device: str, goal: Goal) -> str:
    if goal == "speed" and device != "cuda":
        return "Measure it: on a CPU the engine decides as much as the cell."
    return "Measure it."
