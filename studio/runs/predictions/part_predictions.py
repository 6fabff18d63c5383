"""Predictions on new data, or on a set that a comparison was prepared with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from studio.analysis.intervals import Interval
from studio.analysis.scores.score_samples import score_interval
from studio.core.arrays import Doubles, Floats, Integers, Truth
from studio.core.prepared.examples import IGNORE_INDEX, Examples
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.events import RunResult
from studio.core.results.history import ComparisonHistory, RunHistory
from studio.core.results.metrics import Metric, metrics_of
from studio.core.results.trained_model import TrainedModel
from studio.data.new_data import NewData
from studio.data.tasks.inputs import rows_of
from studio.runs.stored.weights_check import fitting_weights

if TYPE_CHECKING:
    from studio.nn.inference.batch_inference import Combine
    from studio.nn.networks.network import Network

_FORCED = "rmse_teacher_forced"
Report = Callable[[int], bool]
"""Is told how many examples are done; returns whether to go on."""


class PredictionStopped(Exception):  # noqa: N818 - no error: the user stopped it
    """The user stopped predicting; nothing was written."""


@dataclass(frozen=True, eq=False)
class Part:
    """Examples with what their predictions are compared with.

    Attributes:
        examples: What is predicted; see Batched.
        truth: As in NewData: with a prediction at every step, one for each step.
        lengths: Steps of each example, (examples,).
        positions: As in Examples.
        series: The index of each example's series where each has its own scaler, else None.
        skip: Steps at the start of each example, or of all, that are left out of truth and
            predictions.
        carried: Whether each example starts from the final state of the one before.
    """

    examples: Any
    truth: Truth
    lengths: Integers
    positions: Integers
    series: Integers | None
    skip: int | Integers = 0
    carried: bool = False

    def __len__(self) -> int:
        return len(self.lengths)

    @property
    def is_known(self) -> NDArray[np.bool_]:
        """Whether the truth of each example, or step, is known."""
        if self.truth.dtype.kind == "f":
            return np.asarray(~np.isnan(self.truth).any(axis=1), dtype=np.bool_)
        return np.asarray(self.truth >= 0, dtype=np.bool_)

    @property
    def is_kept(self) -> NDArray[np.bool_]:
        """Which of the steps of all examples are not skipped, (steps,)."""
        within = np.concatenate([np.arange(length) for length in self.lengths.tolist()])
        return np.asarray(
            within >= np.repeat(np.broadcast_to(self.skip, len(self.lengths)), self.lengths)
        )


@dataclass(frozen=True, eq=False)
class _Slices:
    """The examples of a prepared set, batch by batch."""

    part: Examples

    def __len__(self) -> int:
        return len(self.part)

    def batch(self, first: int, last: int) -> tuple[Floats, Integers | None]:
        inputs = np.asarray(self.part.inputs[first:last])
        lengths = None if self.part.lengths is None else self.part.lengths[first:last]
        if lengths is not None:
            inputs = inputs[:, : int(lengths.max(initial=1))]
        return inputs.astype(np.int32 if inputs.dtype.kind == "i" else np.float32), lengths


def part_of_new_data(data: NewData) -> Part:
    return Part(
        data, data.truth, data.lengths, data.positions, data.series, data.skip, data.carried
    )


def part_of_examples(part: Examples, preprocessing: Preprocessing) -> Part:
    """A training, validation or test set."""
    count = len(part)
    lengths = part.lengths
    if lengths is None:
        lengths = np.full(count, part.inputs.shape[1], dtype=np.int64)
    truth = part.targets_in_units
    if preprocessing.per_step:
        truth = truth[np.arange(truth.shape[1]) < lengths[:, np.newaxis]]
    if part.carried:
        return _as_one(part, lengths, truth)
    series = preprocessing.scaled_series(part.positions)
    return Part(_Slices(part), truth, lengths, part.positions, series)


def _as_one(part: Examples, lengths: Integers, truth: Truth) -> Part:
    """Examples that each start from the state of the one before, as one."""
    inside = np.arange(part.inputs.shape[1]) < lengths[:, np.newaxis]
    whole = replace(
        part,
        inputs=np.asarray(part.inputs)[inside][np.newaxis],
        lengths=None,
        targets=part.targets[:1],
        positions=part.positions[:1],
    )
    return Part(_Slices(whole), truth, np.array([int(lengths.sum())]), part.positions[:1], None)


def predict_part(
    models: Sequence[TrainedModel],
    part: Part,
    report: Report | None = None,
    combine: "Combine | None" = None,
) -> Doubles:
    """Probabilities or values in target units, the mean over models; on the compute thread.

    Args:
        models: Of one contender.
        part: What they predict.
        report: Is told how far it is, and may stop it.
        combine: What is kept of their raw outputs, instead of the mean.

    Returns:
        (examples, outputs), or (steps of all examples, outputs) with a prediction at every step.

    Raises:
        PredictionStopped: `report` said so.
    """
    from studio.nn.inference.batch_inference import predict_batches

    outputs = predict_batches(
        [_network_of(model) for model in models],
        models[0].preprocessing,
        part.examples,
        longest=int(part.lengths.max(initial=1)),
        series=part.series,
        carried=part.carried,
        combine=combine,
        report=report,
    )
    if outputs is None:
        raise PredictionStopped
    return outputs[part.is_kept] if np.any(part.skip) else outputs


def _network_of(model: TrainedModel) -> "Network":
    from studio.nn.networks.load_network import load_network

    with fitting_weights(model):
        return load_network(model.contender, model.preprocessing, model.weights)


def score_part(
    history: ComparisonHistory, models: Sequence[TrainedModel], predictions: Sequence[Doubles],
    part: Part,
) -> dict[str, Interval]:  # fmt: skip
    """The metrics of predictions with intervals over runs and examples, where the truth is known.

    Args:
        history: The comparison.
        models: Whose predictions they are; a mean over runs counts as one.
        predictions: Of each, on all examples; of the next token or step the negative
            log-likelihood of each step.
        part: The examples.
    """
    fold_id = history.first_fold if models[0].is_final else models[0].run.fold_id
    preprocessing = models[0].preprocessing
    seen = replace(history.seen_on(fold_id), preprocessing=preprocessing)
    truth, known, values = _comparable(part, predictions, preprocessing)
    if not len(truth):
        return {}
    contender = seen.contender(models[0].run.contender)
    runs = tuple(
        _with_predictions(replace(contender.runs[0], run=model.run), own)
        for model, own in zip(models, values, strict=False)
    )
    scored = replace(
        seen,
        test_truth=truth,
        test_positions=part.positions[known],
        part_sizes={**seen.part_sizes, "test": len(truth)},
        contenders=(replace(contender, runs=runs),),
        baselines=(),
    )
    return {
        metric.name: score_interval(scored, scored.contenders[0], metric)
        for metric in comparable_metrics(preprocessing)
    }


def comparable_metrics(preprocessing: Preprocessing) -> tuple[Metric, ...]:
    """The metrics that mean the same on new data.

    The scaled error of several series is that of the training series; teacher forcing is for the
    test set alone.
    """
    has_own_scale = preprocessing.series_naive_error is not None
    return tuple(
        metric
        for metric in metrics_of(preprocessing)
        if not (metric.in_naive_errors and has_own_scale) and metric.name != _FORCED
    )


def _with_predictions(run: RunHistory, predictions: Floats) -> RunHistory:
    result = RunResult(run.best_epoch or 0, predictions, {})
    return replace(run, status="finished", result=result)


def _comparable(
    part: Part, predictions: Sequence[Doubles], preprocessing: Preprocessing
) -> tuple[Truth, NDArray[Any], list[Floats]]:
    """Truth and predictions as scores take them, and which examples these are."""
    known = part.is_known
    if not preprocessing.per_step:
        index = np.flatnonzero(known)
        return part.truth[index], index, [np.asarray(own[index]) for own in predictions]
    lengths = part.lengths - part.skip
    inside = np.arange(int(lengths.max(initial=1))) < lengths[:, np.newaxis]
    if preprocessing.past_target is not None:  # stored with those of teacher forcing behind them
        predictions = [np.concatenate([own, own], axis=1) for own in predictions]
    if preprocessing.predicts_next:
        known = part.is_known
        truth = np.full(inside.shape, IGNORE_INDEX, dtype=np.int64)
        truth[inside] = np.where(known, 0, IGNORE_INDEX)
        chosen = np.flatnonzero((truth >= 0).any(axis=1))
        return truth[chosen], chosen, [_padded(own, inside)[chosen] for own in predictions]
    if part.truth.dtype.kind == "f":
        padded = _padded(part.truth, inside)
        given = np.asarray(np.isfinite(padded).all(axis=-1), dtype=np.bool_)
        chosen = np.flatnonzero(given.any(axis=1))
        return padded[chosen], chosen, [_padded(own, inside)[chosen] for own in predictions]
    truth = np.full(inside.shape, IGNORE_INDEX, dtype=np.int64)
    truth[inside] = part.truth
    chosen = np.flatnonzero((truth >= 0).any(axis=1))
    every = [_at_steps(own, part.truth, inside)[chosen] for own in predictions]
    return truth[chosen], chosen, every


def _padded(values: Doubles, inside: NDArray[np.bool_]) -> Doubles:
    """Values of steps, (steps, outputs), as (examples, time, outputs), NaN after each example."""
    padded = np.full((*inside.shape, values.shape[-1]), np.nan)
    padded[inside] = values
    return padded


def _at_steps(probabilities: Doubles, truth: Integers, inside: NDArray[np.bool_]) -> Floats:
    """The negative log-likelihood of the truth and the likeliest class, (examples, time, 2)."""
    likelihood = probabilities[np.arange(len(truth)), np.maximum(truth, 0)]
    planes = np.zeros((*inside.shape, 2), dtype=np.float64)
    planes[inside, 0] = -np.log(np.maximum(likelihood, np.finfo(np.float32).tiny))
    planes[inside, 1] = probabilities.argmax(axis=1)
    return planes


def training_inputs(data: NewData, training: Examples, window: int | None) -> Doubles:
    """The rows of the training set in the units of their columns, (steps, features).

    Args:
        data: The dataset of the comparison, prepared as new data.
        training: The training set.
        window: Steps of a forecast's window, or None.
    """
    if window is not None and data.preprocessing.kind == "forecast":
        places = training.positions[:, np.newaxis] - window + np.arange(window)
        return data.inputs[np.unique(places)]
    chosen = np.isin(data.positions, training.positions)
    return data.inputs[np.unique(rows_of(data.starts[chosen], data.lengths[chosen]))]


def inputs_of_examples(data: NewData, chosen: NDArray[np.bool_] | None = None) -> Doubles:
    """The mean of each input over each example, (examples, features)."""
    starts = data.starts if chosen is None else data.starts[chosen]
    lengths = data.lengths if chosen is None else data.lengths[chosen]
    known = ~np.isnan(data.inputs)
    sums, counts = (
        np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])
        for values in (np.where(known, data.inputs, 0.0), known.astype(np.float64))
    )
    totals, given = (of[starts + lengths] - of[starts] for of in (sums, counts))
    return np.asarray(np.where(given > 0, totals / np.maximum(given, 1), np.nan))
