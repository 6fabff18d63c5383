"""The test score of a model in integers beside that of the trained one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from studio.analysis.intervals import Interval
from studio.analysis.scores.score_samples import samples_of
from studio.analysis.wording import with_interval
from studio.core.arrays import Doubles, Floats, Integers, Truth
from studio.core.prepared.examples import Examples
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.metrics import GUESS, NATS, Metric, metrics_of
from studio.core.results.trained_model import TrainedModel
from studio.nn.c_code.machine import CompiledModel
from studio.nn.inference.carried_state import carried_predictions, runs_of
from studio.nn.inference.scoring import predictions_on
from studio.nn.networks.load_network import load_network

_MOST_MACS = 4e9  # a few seconds


@dataclass(frozen=True)
class TestPart:
    """Test examples as the analysis reads them; see FoldRecord."""

    preprocessing: Preprocessing
    test_truth: Truth
    test_positions: Integers


@dataclass(frozen=True)
class IntegerScore:
    """Both scores on the same test examples.

    Attributes:
        metric: What is scored.
        unit: Of the score, or "".
        examples: Test examples that were scored.
        every: Whether these are all of them.
        own: Of the integers.
        trained: Of the trained network in single precision.
        difference: own - trained, over the same examples.
        margin: Differences up to this are practically the same.
        carried: Both scores with the state carried on from window to window, own first; None where
            windows do not follow each other.
    """

    metric: Metric
    unit: str
    examples: int
    every: bool
    own: Interval
    trained: Interval
    difference: Interval
    margin: float
    carried: tuple[float, float] | None

    @property
    def is_the_same(self) -> bool | None:
        """Whether both are practically the same; None if the examples cannot tell."""
        if self.own.value == self.trained.value:
            return True
        if not np.isfinite([self.difference.low, self.difference.high]).all():
            return None
        if self.difference.lies_within(self.margin):
            return True
        return False if self.difference.excludes_zero else None

    @property
    def sentences(self) -> str:
        """For people."""
        label, unit = self.metric.label, f" {self.unit}" if self.unit else ""
        which = f"{self.examples:,} test examples" if self.every else (
            f"the first {self.examples:,} test examples")  # fmt: skip
        same = {
            True: "practically the same",
            False: "not the same",
            None: "too few examples to tell whether they are practically the same",
        }[self.is_the_same]
        text = (
            f"Test {label} on {which}: int8 {with_interval(self.own)}{unit}, "
            f"float {with_interval(self.trained)}{unit}; {same}."
        )
        if self.carried is not None:
            own, trained = self.carried
            text += f" With the state carried on: int8 {own:.4g}{unit}, float {trained:.4g}{unit}."
        return text


def integer_score(model: TrainedModel, compiled: CompiledModel, macs: int) -> IntegerScore | None:
    """Scores both on the test set; None if it is not there or its task is not scored this way.

    Args:
        model: The trained model with its test set.
        compiled: The model in integers.
        macs: Multiply-accumulates of a step, which limit the examples.
    """
    whole = model.test
    if whole is None:
        return None
    test = scored_part(model, int(_MOST_MACS / (macs * max(1, whole.inputs.shape[1]))))
    if test is None:
        return None
    answers = _answers(compiled, test, model.preprocessing)
    metric = metrics_of(model.preprocessing)[0]
    return score_beside(model, test, answers, _carried_scores(model, compiled, test, metric))


def scored_part(model: TrainedModel, most: int) -> Examples | None:
    """The first test examples, at most `most`; None if there are none or their task has no score.

    Args:
        model: The trained model with its test set.
        most: Examples that can be computed in the time there is.
    """
    preprocessing, whole = model.preprocessing, model.test
    can_score = preprocessing.kind != "next-step" and preprocessing.past_target is None
    if whole is None or not len(whole) or not can_score:
        return None
    return _first(whole, max(1, min(len(whole), most)))


def score_beside(
    model: TrainedModel,
    test: Examples,
    answers: Sequence[Floats],
    carried: tuple[float, float] | None = None,
) -> IntegerScore:
    """The score of rounded weights beside that of the trained ones.

    Args:
        model: The trained model with its test set.
        test: Its part that was answered.
        answers: With rounded weights, for each example (outputs,), or (time, outputs) with a target
            at each step.
        carried: As of IntegerScore.
    """
    preprocessing = model.preprocessing
    own = _as_predictions(answers, test, preprocessing)
    network = load_network(model.contender, preprocessing, model.weights)
    trained = predictions_on(network, test, preprocessing)
    metric = metrics_of(preprocessing)[0]
    part = TestPart(preprocessing, test.targets_in_units, test.positions)
    samples = [samples_of(part, [predictions], metric) for predictions in (own, trained)]
    intervals = [each.interval().within(0.0, metric.largest) for each in samples]
    relative = abs(intervals[1].value) if metric.relative_margin else 1.0
    return IntegerScore(
        metric=metric,
        unit=preprocessing.unit if metric.in_target_units else "",
        examples=len(test),
        every=model.test is not None and len(test) == len(model.test),
        own=intervals[0],
        trained=intervals[1],
        difference=samples[0].minus(samples[1]).interval(),
        margin=metric.margin * relative,
        carried=carried,
    )


def raw_examples(test: Examples, preprocessing: Preprocessing) -> list[Floats]:
    """The examples in their own units, each (time, channels)."""
    return [_raw(preprocessing, test.sequence(index)) for index in range(len(test))]


def _first(test: Examples, count: int) -> Examples:
    if count == len(test):
        return test
    return replace(
        test,
        inputs=test.inputs[:count],
        lengths=None if test.lengths is None else test.lengths[:count],
        targets=test.targets[:count],
        targets_in_units=test.targets_in_units[:count],
        positions=test.positions[:count],
    )


def _raw(preprocessing: Preprocessing, scaled: Floats) -> Floats:
    raw: Floats = preprocessing.inputs_in_units(scaled[np.newaxis])[0].astype(np.float32)
    return raw


def _answers(compiled: CompiledModel, test: Examples, preprocessing: Preprocessing) -> list[Floats]:
    """Each example from zeros, or all of them with one carried state."""
    raw = raw_examples(test, preprocessing)
    if not test.carried:
        return [compiled.run(steps) for steps in raw]
    joined = compiled.carried(np.concatenate(raw))
    return np.split(joined, np.cumsum([len(steps) for steps in raw])[:-1])


def _as_predictions(
    answers: Sequence[Floats], test: Examples, preprocessing: Preprocessing
) -> Floats | Doubles:
    """As predictions_on gives them."""
    if not preprocessing.per_step:
        return np.stack(answers)
    time = test.targets_in_units.shape[1]
    if test.has_numbers:
        values = np.zeros((len(test), time, preprocessing.output_size))
        for index, piece in enumerate(answers):
            values[index, : len(piece)] = piece
        return values
    planes = np.zeros((len(test), time, 2), dtype=np.float32)
    for index, piece in enumerate(answers):
        truth = np.maximum(test.targets[index, : len(piece)].astype(np.int64), 0)
        likelihood = piece[np.arange(len(piece)), truth]
        planes[index, : len(piece), NATS] = -np.log(np.maximum(likelihood, 1e-37))
        planes[index, : len(piece), GUESS] = piece.argmax(axis=1)
    return planes


def _carried_scores(
    model: TrainedModel, compiled: CompiledModel, test: Examples, metric: Metric
) -> tuple[float, float] | None:
    preprocessing = model.preprocessing
    if preprocessing.per_step:
        return None
    network = load_network(model.contender, preprocessing, model.weights)
    trained = carried_predictions(network, test, preprocessing)
    if trained is None:
        return None
    own = np.empty_like(trained)
    for run in runs_of(test, preprocessing):
        own[run.examples] = compiled.carried(_raw(preprocessing, run.steps))[run.ends]
    scores = [
        metric.score(predictions, test.targets_in_units, preprocessing, test.positions)
        for predictions in (own, trained)
    ]
    return scores[0], scores[1]
