"""Predictions of the next token or step: reduced batch by batch, as texts are long."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from studio.analysis.intervals import Interval
from studio.analysis.scores.score_samples import score_interval
from studio.core.arrays import Doubles, Floats, Integers, Truth
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.history import ComparisonHistory
from studio.core.results.metrics import metrics_of
from studio.core.results.trained_model import TrainedModel
from studio.runs.predictions.part_predictions import Part, Report, predict_part

_LEAST = float(np.finfo(np.float32).tiny)


def predict_next(
    models: Sequence[TrainedModel], part: Part, report: Report | None
) -> tuple[Doubles, Doubles]:
    """What follows each step, and how likely the truth was; on the compute thread.

    Args:
        models: Of one contender; their probabilities are averaged.
        part: What they predict.
        report: Is told how far it is, and may stop it.

    Returns:
        The code of the likeliest token and its probability, (steps, 2), or the probability of
        each switch being on, (steps, switches); and the negative log-likelihood in nats of what
        follows, (steps,), NaN where it is unknown.

    Raises:
        PredictionStopped: `report` said so.
    """
    preprocessing = models[0].preprocessing
    reduced = predict_part(models, part, report, _Following(part, preprocessing))
    return reduced[:, 1:], reduced[:, 0]


class _Following:
    """Keeps of each batch the likelihood of what follows, and what is shown."""

    def __init__(self, part: Part, preprocessing: Preprocessing) -> None:
        kept = part.is_kept
        self._truth = np.full((len(kept), *part.truth.shape[1:]), -1, dtype=part.truth.dtype)
        self._truth[kept] = part.truth
        self._done = 0
        self._reduce: Callable[[Sequence[Floats], Truth], Doubles] = (
            _tokens if preprocessing.outcomes is not None else _switches
        )

    def __call__(self, raws: Sequence[Floats], _: Integers | None) -> Doubles:
        first, self._done = self._done, self._done + len(raws[0])
        return self._reduce(raws, self._truth[first : self._done])


def _tokens(raws: Sequence[Floats], truth: Truth) -> Doubles:
    """Negative log-likelihood, likeliest code and its probability, (steps, 3)."""
    made = []
    for raw in raws:
        exponentials = np.exp(np.asarray(raw, dtype=np.float64) - raw.max(axis=-1, keepdims=True))
        made.append(exponentials / exponentials.sum(axis=-1, keepdims=True))
    probabilities = np.mean(made, axis=0)
    every = np.arange(len(probabilities))
    codes = truth.astype(np.int64)
    nats = -np.log(np.maximum(probabilities[every, np.maximum(codes, 0)], _LEAST))
    likeliest = probabilities.argmax(axis=1)
    shown = probabilities[every, likeliest]
    return np.stack([np.where(codes >= 0, nats, np.nan), likeliest, shown], axis=1)


def _switches(raws: Sequence[Floats], truth: Truth) -> Doubles:
    """Negative log-likelihood of all switches, then the probability of each."""
    on, off = (
        np.mean([np.exp(-np.logaddexp(0.0, sign * raw.astype(np.float64))) for raw in raws], axis=0)
        for sign in (-1, 1)
    )
    likelihoods = np.where(truth == 1, on, off)
    nats = -np.log(np.maximum(likelihoods, _LEAST)).sum(axis=1)
    nats = np.where(np.isnan(truth).any(axis=1), np.nan, nats)
    return np.concatenate([nats[:, np.newaxis], on], axis=1)


def stored_test_scores(
    history: ComparisonHistory, models: Sequence[TrainedModel]
) -> Mapping[str, Interval]:
    """The scores of some runs on the test set, as the comparison stored them.

    Args:
        history: The comparison.
        models: Of one contender; none that was trained on all data.
    """
    seen = history.seen_on(models[0].run.fold_id)
    contender = seen.contender(models[0].run.contender)
    chosen = {model.run for model in models}
    runs = tuple(run for run in contender.runs if run.run in chosen and run.result is not None)
    if not runs:
        return {}
    seen = replace(seen, contenders=(replace(contender, runs=runs),), baselines=())
    return {
        metric.name: score_interval(seen, seen.contenders[0], metric)
        for metric in metrics_of(seen.preprocessing)
    }
