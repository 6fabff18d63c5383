"""C15: the article's pick for each field's built-in data, and whether it won."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from studio.analysis.adviser import Advice, Goal, Pick, advise, agreement, measured
from studio.analysis.claims import Finding, finding, judge_conditions, nothing_measured, outcomes_of
from studio.analysis.comparing import compare
from studio.analysis.intervals import Interval
from studio.analysis.verdicts import ScoreVerdict
from studio.analysis.words import with_interval
from studio.core.history import ComparisonHistory
from studio.core.metrics import metrics_of
from studio.runs.claims.claim import Claim
from studio.runs.claims.laboratory import Laboratory, experiment, pair

_SEEDS = 6
_CELLS: tuple[Pick, Pick] = ("GRU", "LSTM")
_WORDS = {"first": "won", "same": "tied", "second": "lost", "undecided": "undecided"}


@dataclass(frozen=True)
class Field:
    """Built-in data that stands for a field.

    Attributes:
        generator: What makes it.
        parameters: Of the generator.
        task: What is predicted, where it is not detected.
        training: Epochs.
        goal: What counts most in the field.
        is_text: Whether it is language.
    """

    generator: str
    parameters: Mapping[str, float] = field(default_factory=dict)
    task: Mapping[str, object] = field(default_factory=dict)
    epochs: int = 8
    goal: Goal = "score"
    is_text: bool = False


_FIELDS: Mapping[str, Field] = {
    "language": Field("opinions", {"examples": 1500, "lost": 0.3}, epochs=6, is_text=True),
    "speech": Field("tone-words", {"noise": 1.0}),
    "forecasting": Field(
        "mackey-glass",
        {"noise": 0.05, "steps": 3000},
        {"kind": "forecast", "window": 48, "horizon": 12},
        epochs=4,
    ),
    "edge": Field("wearable", goal="small device"),
    "biology": Field("promoters", {"examples": 1000}),
}


@dataclass(frozen=True)
class Tried:
    """A field's advice beside its measurement.

    Attributes:
        advice: What the article would pick.
        verdict: The pick first, the other cell second.
    """

    advice: Advice
    verdict: ScoreVerdict


def fields(laboratory: Laboratory) -> list[Finding]:
    """Asks the adviser for each field, then trains both cells."""
    tried = {}
    for name, each in _FIELDS.items():
        if not laboratory.seconds_left:
            break
        spec = experiment(
            each.generator,
            laboratory.machine(),
            parameters=each.parameters,
            task=each.task,
            contenders=pair(),
            training={"epochs": each.epochs, "seeds": _SEEDS, "lr": 0.005},
        )
        found = _tried(each, laboratory.compare(spec).history)
        if found.verdict.seeds:
            tried[name] = found
    return [judge_fields(tried)]


def _tried(each: Field, history: ComparisonHistory) -> Tried:
    preparation = history.preparation
    sequences = history.part_sizes["training"]
    said = advise(sequences, preparation.max_length, is_text=each.is_text, goal=each.goal)
    order = [said.pick, *(cell for cell in _CELLS if cell != said.pick)]
    named = {contender.name: contender for contender in history.contenders}
    turned = replace(history, contenders=tuple(named[name] for name in order))
    return Tried(said, compare(turned, metrics_of(preparation)[0])[0])


def judge_fields(tried: Mapping[str, Tried]) -> Finding:
    """Supported where every field's pick is the better cell; a tie is no win."""
    if not tried:
        return nothing_measured("The time was up before a field was done.")
    verdicts = [each.verdict for each in tried.values()]
    outcomes = outcomes_of(verdicts)
    told = " ".join(
        _told(name, each, _WORDS[outcome])
        for (name, each), outcome in zip(tried.items(), outcomes, strict=True)
    )
    left = [name for name in _FIELDS if name not in tried]
    late = f" The time was up before {', '.join(left)}." if left else ""
    counts = ", ".join(f"{word} {outcomes.count(kind)}" for kind, word in _WORDS.items())
    text = f"Of the picks {counts}. {told}{late}"
    outcome = judge_conditions(outcomes, ["first"] * len(outcomes))
    if left and outcome == "supported":
        outcome = "partly supported"
    gains = {name: _gain(each.verdict) for name, each in tried.items()}
    widest = max(gains.values(), key=lambda each: abs(each.value))
    unit = "score in favour of the pick, the largest difference"
    return finding(outcome, widest, unit, text, conditions=gains)


def _told(name: str, each: Tried, word: str) -> str:
    verdict = each.verdict
    told = (
        f"{name.capitalize()}: the article would pick the {each.advice.pick} ({each.advice.why}), "
        f"{verdict.first} − {verdict.second} = {with_interval(verdict.difference)} "
        f"{verdict.label}"
    )
    if word == _WORDS["undecided"]:
        return f"{told}, undecided."
    found = measured(verdict, each.advice.pick, _other(each.advice.pick))
    return f"{told}, it {word}. {agreement(each.advice, found)}"


def _other(pick: Pick) -> Pick:
    return "LSTM" if pick == "GRU" else "GRU"


def _gain(verdict: ScoreVerdict) -> Interval:
    """The difference with its sign turned where lower is better."""
    return verdict.difference if verdict.higher_is_better else -verdict.difference


CLAIM = Claim(
    "C15",
    "fields",
    "Language, speech, forecasting, edge devices and biology each suit one of the cells.",
    f"For built-in data of each of {len(_FIELDS)} fields the article's pick is asked for, then "
    f"both cells learn it with {_SEEDS} seeds.",
    fields,
    share=2.0,
)
