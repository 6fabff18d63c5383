"""What a trained network answered on the test part, against the truth."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from studio.core.arrays import Doubles, Floats, Integers
from studio.core.events import Pair
from studio.core.history import ComparisonHistory
from studio.core.metrics import GUESS

MOST_CLASSES = 20
_INVISIBLE = {" ": "space", "\n": "line end", "\t": "tab", "\r": "return"}


@dataclass(frozen=True, eq=False)
class Confusion:
    """How often each class was taken for which.

    Attributes:
        names: The classes shown, the most frequent in the test part first where not all are.
        counts: True class by answered class, (classes, classes).
        left_out: Classes that are not shown.
        scores: Precision, recall, F1 and test examples of each class shown, over all examples;
            precision is NaN where a class was never answered, recall where it never came.
    """

    names: tuple[str, ...]
    counts: Integers
    left_out: int
    scores: tuple[tuple[float, float, float, int], ...]


def confusion(history: ComparisonHistory, answers: Floats) -> Confusion:
    """The confusion of answers on the test part.

    Args:
        history: A comparison whose answers name one of several outcomes.
        answers: Probabilities (examples, classes), or what is kept where every step is answered,
            (examples, time, 2).
    """
    names = history.preparation.outcomes or ()
    truth = history.test_truth.astype(np.int64)
    if history.preparation.stepwise:
        asked = truth >= 0
        truth, given = truth[asked], answers[..., GUESS][asked].astype(np.int64)
    else:
        given = np.argmax(answers, axis=1)
    size = len(names)
    counts = np.bincount(truth * size + given, minlength=size * size).reshape(size, size)
    came, answered, hits = counts.sum(axis=1), counts.sum(axis=0), np.diag(counts)
    with np.errstate(invalid="ignore", divide="ignore"):
        precision, recall = hits / answered, hits / came
        f1 = 2 * hits / (answered + came)
    shown = np.arange(size)
    if size > MOST_CLASSES:
        shown = np.sort(np.argsort(-came, kind="stable")[:MOST_CLASSES])
    return Confusion(
        names=tuple(_INVISIBLE.get(names[at], names[at]) for at in shown),
        counts=counts[np.ix_(shown, shown)],
        left_out=size - len(shown),
        scores=tuple(
            (float(precision[at]), float(recall[at]), float(f1[at]), int(came[at])) for at in shown
        ),
    )


@dataclass(frozen=True, eq=False)
class Tracked:
    """Answers of one horizon step and one target beside the truth, in the order of time.

    Attributes:
        x: The time step that is forecast, or the number of the example, (examples,).
        truth: (examples,).
        answers: By contender or baseline, (examples,) each.
    """

    x: Integers
    truth: Floats
    answers: dict[str, Floats]


def tracked(
    history: ComparisonHistory, answers: dict[str, Floats], target: int, step: int
) -> Tracked:
    """Picks one target and one step of the horizon, both from 0, out of values.

    Args:
        history: The comparison.
        answers: By name, (examples, horizon x targets) each, horizon first.
        target: Which target.
        step: Which step of the horizon.
    """
    preparation = history.preparation
    place = step * len(preparation.target_names) + target
    order = np.argsort(history.test_positions, kind="stable")
    positions = history.test_positions[order]
    is_forecast = preparation.kind == "forecast"
    return Tracked(
        x=positions + step if is_forecast else np.arange(len(order)),
        truth=history.test_truth[order, place],
        answers={name: each[order, place] for name, each in answers.items()},
    )


def error_by_horizon(history: ComparisonHistory, target: int) -> dict[str, Doubles]:
    """The RMSE at each step of the horizon, (horizon,), as the mean over the seeds that ended.

    Baselines follow the contenders.
    """
    found = {}
    for contender in history.contenders:
        answers = [run.result.answers for run in contender.runs if run.has_ended and run.result]
        if answers:
            each = [_rmse(history, given, target) for given in answers]
            found[contender.name] = np.mean(each, axis=0)
    for baseline in history.baselines:
        found[baseline.name] = _rmse(history, baseline.answers, target)
    return found


def _rmse(history: ComparisonHistory, answers: Floats, target: int) -> Doubles:
    targets = len(history.preparation.target_names)
    errors = (answers - history.test_truth).astype(np.float64)[:, target::targets]
    return np.asarray(np.sqrt((errors**2).mean(axis=0)))


def answers_of_pair(history: ComparisonHistory, pair: Pair) -> dict[str, Floats]:
    """The test answers of every contender's run of that seed and division that has any."""
    found = {}
    for contender in history.contenders:
        for run in contender.runs:
            if run.run.pair == pair and run.result is not None:
                found[contender.name] = run.result.answers
    return found


def pairs_with_answers(history: ComparisonHistory) -> Sequence[Pair]:
    """Seeds and divisions of which a run has test answers, in the order of the runs."""
    runs = (run for contender in history.contenders for run in contender.runs)
    return list(dict.fromkeys(run.run.pair for run in runs if run.result is not None))
