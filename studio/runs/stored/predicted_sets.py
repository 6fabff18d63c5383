"""Predictions of a comparison's runs on its own sets, and where the examples come from.

Reading is for a loader thread, `predict_set` for the compute thread.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from studio.analysis.predictions.errors import PredictedSet, predicted_steps
from studio.core.arrays import Floats
from studio.core.cells import CELLS
from studio.core.prepared.examples import Examples
from studio.core.results.trained_model import TrainedModel
from studio.core.specs.fold_ids import FoldId
from studio.data import Dataset, ExampleSet, Series
from studio.runs.stored.models import stored_model
from studio.runs.stored.weights_check import fitting_weights
from studio.sessions import SessionFile

SERIES = "series"
"""What several series are grouped by."""


@dataclass(frozen=True, eq=False)
class Origins:
    """What a dataset knows of the examples of a set.

    Attributes:
        times: The time stamps of all steps of the series, (time,), or None.
        groups: The group of each example, (examples,), by column; "series" for several series.
    """

    times: NDArray[np.str_] | None = None
    groups: Mapping[str, NDArray[np.str_]] = field(default_factory=dict)


def origins_of(dataset: Dataset, part: PredictedSet) -> Origins:
    """Dates and groups of examples; nothing where the dataset does not have their positions."""
    positions, last = part.test_positions, int(part.test_positions.max(initial=-1))
    is_cut = predicted_steps(part) is not None
    if isinstance(dataset, Series):
        if not is_cut or last >= len(dataset):
            return Origins()
        lengths = np.array([len(dataset)]) if dataset.lengths is None else dataset.lengths
        groups = dict(dataset.groups)
        if len(lengths) > 1:
            numbers = [str(number) for number in range(1, len(lengths) + 1)]
            groups[SERIES] = np.array(dataset.series_names or numbers)
        series = np.searchsorted(np.cumsum(lengths), positions, side="right")
        return Origins(dataset.times, {name: of[series] for name, of in groups.items()})
    place = positions
    if is_cut:
        place = np.searchsorted(np.cumsum(dataset.lengths), positions, side="right")
    if int(place.max(initial=-1)) >= len(dataset.lengths):
        return Origins()
    return Origins(None, {name: of[place] for name, of in _groups(dataset).items()})


def _groups(dataset: ExampleSet) -> Mapping[str, NDArray[np.str_]]:
    return {name: np.asarray(values, dtype=np.str_) for name, values in dataset.groups.items()}


def ended_models(session: SessionFile, comparison: int, fold_id: FoldId) -> list[TrainedModel]:
    """The models of all runs of a fold that have a test result, at their best epochs.

    Those whose cell is not installed are left out.
    """
    return session.together(lambda whole: _ended_models(whole, comparison, fold_id))


def _ended_models(session: SessionFile, comparison: int, fold_id: FoldId) -> list[TrainedModel]:
    return [
        stored_model(session, comparison, contender.name, run.run.seed, fold_id=fold_id)
        for contender in session.history(comparison).seen_on(fold_id).contenders
        if contender.spec.cell in CELLS
        for run in contender.runs
        if run.result is not None
    ]


def predict_set(part: str, models: Sequence[TrainedModel], examples: Examples) -> PredictedSet:
    """What each model predicts on a set, as sessions keep it of the test set.

    Args:
        part: The set's name.
        models: At least one, of one fold.
        examples: The set.
    """
    predictions: dict[str, dict[int, Floats]] = defaultdict(dict)
    for model in models:
        predictions[model.contender.name][model.run.seed] = _predict(model, examples)
    return PredictedSet(
        part,
        models[0].preprocessing,
        examples.targets_in_units,
        examples.positions,
        dict(predictions),
    )


def _predict(model: TrainedModel, examples: Examples) -> Floats:
    from studio.nn.inference.scoring import predictions_on
    from studio.nn.networks.load_network import load_network

    with fitting_weights(model):
        network = load_network(model.contender, model.preprocessing, model.weights)
    return predictions_on(network, examples, model.preprocessing)
