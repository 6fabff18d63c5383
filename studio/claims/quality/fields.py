"""C15: the rule of thumb for each field's built-in data, and whether its pick wins."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from studio.analysis.adviser import Advice, Goal, Pick, advice_agreement, advise, measured
from studio.analysis.intervals import Interval
from studio.analysis.scores.comparing import compare
from studio.analysis.scores.outcomes import outcomes_of
from studio.analysis.scores.verdicts import ScoreVerdict
from studio.analysis.wording import with_interval
from studio.claims.analysis.findings import Finding, finding, judge_conditions, not_measured
from studio.claims.laboratory.claim import Claim
from studio.claims.laboratory.laboratory import Laboratory, experiment, pair
from studio.core.results.history import ComparisonHistory
from studio.core.results.metrics import metrics_of

_SEEDS = 6
_WORDS = {"first": "won", "same": "tied", "second": "lost", "undecided": "inconclusive"}


@dataclass(frozen=True)
class Field:
    """Built-in data that represents a field.

    Attributes:
        generator: The name of its generator.
        parameters: The generator's parameters.
        task: Task settings, where they are not detected.
        epochs: Training epochs.
        goal: What counts most in the field.
        is_text: Whether it is text.
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
class FieldTrial:
    """A field's advice and measurement.

    Attributes:
        advice: The rule of thumb's pick.
        verdict: The picked cell against the other one.
    """

    advice: Advice
    verdict: ScoreVerdict


def fields(laboratory: Laboratory) -> list[Finding]:
    """Asks the adviser for each field, then trains both cells."""
    trials = {}
    for name, domain in _FIELDS.items():
        if not laboratory.seconds_left:
            break
        spec = experiment(
            domain.generator,
            laboratory.machine(),
            parameters=domain.parameters,
            task=domain.task,
            contenders=pair(),
            training={"epochs": domain.epochs, "seeds": _SEEDS, "lr": 0.005},
        )
        trial = _field_trial(domain, laboratory.compare(spec).history)
        if trial.verdict.seeds:
            trials[name] = trial
    return [judge_fields(trials)]


def _field_trial(domain: Field, history: ComparisonHistory) -> FieldTrial:
    preprocessing = history.preprocessing
    sequences = history.part_sizes["training"]
    advice = advise(sequences, preprocessing.max_length, is_text=domain.is_text, goal=domain.goal)
    contenders = (history.contender(advice.pick), history.contender(_other(advice.pick)))
    pick_first = replace(history, contenders=contenders)
    return FieldTrial(advice, compare(pick_first, metrics_of(preprocessing)[0])[0])


def judge_fields(trials: Mapping[str, FieldTrial]) -> Finding:
    """Supported where every field's pick is the better cell; a tie does not count as a win."""
    if not trials:
        return not_measured("Time ran out before the first field was finished.")
    verdicts = [trial.verdict for trial in trials.values()]
    outcomes = outcomes_of(verdicts)
    sentences = " ".join(
        _describe(name, trial, _WORDS[outcome])
        for (name, trial), outcome in zip(trials.items(), outcomes, strict=True)
    )
    missing = [name for name in _FIELDS if name not in trials]
    late = f" Time ran out before {', '.join(missing)}." if missing else ""
    counts = ", ".join(f"{word} {outcomes.count(kind)}" for kind, word in _WORDS.items())
    text = f"Picks: {counts}. {sentences}{late}"
    outcome = judge_conditions(outcomes, ["first"] * len(outcomes))
    if missing and outcome == "supported":
        outcome = "partly supported"
    gains = {name: _gain(trial.verdict) for name, trial in trials.items()}
    widest = max(gains.values(), key=lambda gain: abs(gain.value))
    unit = "score in favour of the pick, largest difference"
    return finding(outcome, widest, unit, text, conditions=gains)


def _describe(name: str, trial: FieldTrial, word: str) -> str:
    verdict, advice = trial.verdict, trial.advice
    sentence = (
        f"{name.capitalize()}: the article picks the {advice.pick} ({advice.why}); "
        f"{verdict.first} − {verdict.second} = {with_interval(verdict.difference)} "
        f"{verdict.label}, {word}."
    )
    if word == _WORDS["undecided"]:
        return sentence
    result = measured(verdict, advice.pick, _other(advice.pick))
    return f"{sentence} {advice_agreement(advice, result)}"


def _other(pick: Pick) -> Pick:
    return "LSTM" if pick == "GRU" else "GRU"


def _gain(verdict: ScoreVerdict) -> Interval:
    """The difference, negated where lower is better."""
    return verdict.difference if verdict.higher_is_better else -verdict.difference


CLAIM = Claim(
    "C15",
    "fields",
    "Language, speech, forecasting, edge devices and biology each favour one of the cells.",
    f"The article's rule of thumb picks a cell for built-in data of each of {len(_FIELDS)} fields, "
    f"then both cells are trained with {_SEEDS} seeds.",
    fields,
    share=2.0,
)
