"""Which cell for this data: one answer over all contenders of a comparison."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from studio.analysis.costs.time_ratios import step_time, training_memory
from studio.analysis.scores.comparing import compare
from studio.analysis.scores.score_samples import score_interval
from studio.analysis.scores.seed_power import seed_plan
from studio.analysis.scores.training_end import contender_converged
from studio.analysis.scores.verdicts import ScoreVerdict
from studio.analysis.wording import count_of, join_names
from studio.core.results.history import ComparisonHistory, ContenderHistory
from studio.core.results.metrics import Metric, metrics_of

_COSTS = ("time", "memory", "parameters")
_FEW_SEEDS = 3


@dataclass(frozen=True)
class Answer:
    """The contenders to choose from.

    Attributes:
        best: Those not shown to be worse than the contender with the best mean score, which comes
            first; empty before any pair has finished a seed, and where a baseline beats them all.
        cheapest: The one of them that is the cheapest in most of time, memory and parameters; "".
        cheapest_in: The cheapest of them for "time", "memory" and "parameters", where known.
        alike: Whether all of them are practically the same.
        baseline: The baseline that is better than every contender, or "".
        narrow: What would narrow the choice, a sentence, or "".
        count: Number of contenders.
    """

    best: tuple[str, ...]
    cheapest: str
    cheapest_in: Mapping[str, str]
    alike: bool
    baseline: str
    narrow: str
    count: int

    @property
    def headline(self) -> str:
        """The answer in a few words."""
        if self.baseline:
            return f"None: {self.baseline} is better"
        if not self.best:
            return "Not available yet"
        if len(self.best) == self.count > 2:  # noqa: PLR2004 - more than a pair
            return f"Any of the {self.count}"
        return " or ".join(self.best)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What was found, the costs, and what would narrow the choice."""
        found = (self._found(), self._costs(), self.narrow)
        return tuple(sentence for sentence in found if sentence)

    @property
    def text(self) -> str:
        return " ".join((f"{self.headline}.", *self.sentences))

    def _found(self) -> str:
        if self.baseline:
            return f"{self.baseline} scores better than every contender."
        if not self.best:
            return "No two contenders have finished the same seed."
        first, *others = self.best
        if not others:
            return f"{first} scores better than {'the other' if self.count == 2 else 'all others'}."  # noqa: PLR2004
        if self.alike:
            return f"{join_names(self.best)} are practically the same."
        shown = "is not shown" if len(others) == 1 else "are not shown"
        return f"{first} has the best mean score; {join_names(others)} {shown} to be worse."

    def _costs(self) -> str:
        if len(self.best) < 2 or not self.cheapest_in:  # noqa: PLR2004 - nothing to choose from
            return ""
        by_name: dict[str, list[str]] = {}
        for cost, name in self.cheapest_in.items():
            by_name.setdefault(name, []).append(cost)
        needs = [f"{name} in {join_names(costs)}" for name, costs in by_name.items()]
        return f"The cheapest of them: {join_names(needs)}."

    def as_json(self) -> dict[str, object]:
        return {
            "best": list(self.best),
            "cheapest": self.cheapest or None,
            "cheapest_in": dict(self.cheapest_in),
            "baseline": self.baseline or None,
            "text": self.text,
        }


def answer(history: ComparisonHistory) -> Answer | None:
    """The answer of a comparison so far on its main metric; None with a single contender."""
    contenders = history.contenders
    if len(contenders) < 2:  # noqa: PLR2004 - nothing to compare
        return None
    metric = metrics_of(history.preprocessing)[0]
    verdicts = compare(history, metric)
    scores = {each.name: score_interval(history, each, metric).value for each in contenders}
    scored = [name for name, score in scores.items() if math.isfinite(score)]
    if not any(verdict.seeds for verdict in verdicts) or len(scored) < 2:  # noqa: PLR2004
        return Answer(
            best=(),
            cheapest="",
            cheapest_in=MappingProxyType({}),
            alike=False,
            baseline="",
            narrow="",
            count=len(contenders),
        )
    best = (max if metric.higher_is_better else min)(scored, key=lambda name: scores[name])
    against = {_other(verdict, best): verdict for verdict in verdicts if best in _names(verdict)}
    baseline = _winning_baseline(verdicts)
    alike = [name for name in scored if name == best or not _is_worse(against[name], best)]
    alike.sort(key=lambda name: (name != best, scores[name] * (-1) ** metric.higher_is_better))
    chosen = () if baseline else tuple(alike)
    in_play = [verdict for name, verdict in against.items() if name in chosen]
    costs = _cheapest_in([history.contender(name) for name in chosen])
    return Answer(
        best=chosen,
        cheapest=_cheapest(costs, chosen),
        cheapest_in=costs,
        alike=bool(in_play) and all(v.decision.kind in {"tie", "identical"} for v in in_play),
        baseline=baseline,
        narrow=_narrow(history, metric, in_play),
        count=len(contenders),
    )


def _names(verdict: ScoreVerdict) -> tuple[str, str]:
    return verdict.first, verdict.second


def _other(verdict: ScoreVerdict, name: str) -> str:
    return verdict.second if verdict.first == name else verdict.first


def _is_worse(verdict: ScoreVerdict, best: str) -> bool:
    return verdict.decision.kind == "better" and verdict.decision.name == best


def _winning_baseline(verdicts: Sequence[ScoreVerdict]) -> str:
    """The baseline that every verdict with finished runs names as better than both."""
    judged = [verdict.decision for verdict in verdicts if verdict.seeds]
    if judged and all(decision.kind == "baseline" for decision in judged):
        return judged[0].name
    return ""


def _cheapest_in(contenders: Sequence[ContenderHistory]) -> Mapping[str, str]:
    """Who needs least of each; where two need the same, nobody."""
    found = {}
    for cost in _COSTS:
        needs = {each.name: _cost(each, cost) for each in contenders}
        known = {name: need for name, need in needs.items() if math.isfinite(need)}
        if (
            len(known) == len(needs)
            and list(known.values()).count(min(known.values(), default=0)) == 1
        ):
            found[cost] = min(known, key=lambda name: known[name])
    return MappingProxyType(found)


def _cost(contender: ContenderHistory, cost: str) -> float:
    if cost == "time":
        return step_time(contender).value
    if cost == "parameters":
        return contender.parameters
    memory = training_memory(contender)
    return math.nan if memory is None else memory.total


def _cheapest(costs: Mapping[str, str], chosen: Sequence[str]) -> str:
    """Who is the cheapest in most; the better score decides between equals."""
    firsts = list(costs.values())
    return max(chosen, key=firsts.count, default="")


def _narrow(history: ComparisonHistory, metric: Metric, in_play: Sequence[ScoreVerdict]) -> str:
    """What would tell the chosen ones apart."""
    unclear = [verdict for verdict in in_play if verdict.decision.kind == "undecided"]
    if not unclear:
        return ""
    if not history.is_complete:
        return "Runs that have not ended may narrow the choice."
    names = dict.fromkeys(name for verdict in unclear for name in _names(verdict))
    unfinished = [name for name in names if contender_converged(history.contender(name)) is False]
    if unfinished:
        were = "were" if len(unfinished) > 1 else "was"
        return f"Train longer: {join_names(unfinished)} {were} still improving."
    seeds = len(unclear[0].seeds)
    if seeds < _FEW_SEEDS and not history.further:
        return f"Train more seeds: {count_of(seeds, 'seed')} cannot tell much."
    plans = [seed_plan(history, metric, *_names(verdict)) for verdict in unclear]
    enough = [plan.enough for plan in plans if plan is not None]
    if enough and all(count is not None for count in enough):
        most = max(count for count in enough if count is not None)
        return f"If the differences stay as they are, {count_of(most, 'seed')} would decide."
    return "More test examples would narrow the choice; more seeds alone would not."
