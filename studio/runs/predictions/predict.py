"""Predicts new data with a session's models: values or classes, intervals, scores, drift."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from studio.analysis.predictions.calibration import (
    fit_temperature,
    reliability,
    with_temperature,
)
from studio.analysis.predictions.conformal import (
    Bands,
    adaptive_bands,
    bands,
    class_thresholds,
    conformal_radii,
    fewest_examples,
    prediction_sets,
    sets_cover,
)
from studio.analysis.predictions.drift import (
    ClassShare,
    ColumnDrift,
    class_shares,
    column_drift,
)
from studio.core.arrays import Doubles, Integers
from studio.core.errors import SpecError, UserError
from studio.core.new_data_notes import TimeStepDiffers
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.events import RunId
from studio.core.results.history import ComparisonHistory
from studio.core.results.record import DatasetRecord
from studio.core.results.trained_model import TrainedModel
from studio.data import Dataset
from studio.data.files.cache import Cache
from studio.data.new_data import NewData, prepare_new_data
from studio.data.new_data.read_new_data import read_new_data
from studio.data.new_data.span import within
from studio.runs.execution.compute import Compute
from studio.runs.predictions.chosen_models import chosen_models
from studio.runs.predictions.next_predictions import predict_next, stored_test_scores
from studio.runs.predictions.part_predictions import (
    Part,
    Report,
    inputs_of_examples,
    part_of_examples,
    part_of_new_data,
    predict_part,
    score_part,
    training_inputs,
)
from studio.runs.predictions.prediction_result import Coverage, PredictionResult, RunPredictions
from studio.runs.predictions.prediction_spec import PredictionSpec
from studio.runs.predictions.reference import Reference, find_reference, seconds_between_rows
from studio.sessions import SessionFile

Progress = Callable[[int, int], bool]
"""Is told how many of how many predictions are done; returns whether to go on."""


@dataclass(frozen=True, eq=False)
class Asked:
    """What a session says before any data is read.

    Attributes:
        history: The comparison.
        record: Its dataset.
        models: The runs that predict.
        where: The session, for messages.
        spec: What is asked for.
    """

    history: ComparisonHistory
    record: DatasetRecord
    models: tuple[TrainedModel, ...]
    where: str
    spec: PredictionSpec


@dataclass(frozen=True, eq=False)
class Question:
    """Everything that is read before anything is computed.

    Attributes:
        history: The comparison.
        models: The runs that predict.
        data: The new data.
        reference: The comparison's own data, or why it cannot be had; None where it is not needed.
    """

    history: ComparisonHistory
    models: tuple[TrainedModel, ...]
    data: NewData
    reference: Reference | UserError | None


def ask_session(session: SessionFile, comparison: int, spec: PredictionSpec) -> Asked:
    """Reads models and history from a session.

    Raises:
        SessionError: There is no such contender or run.
    """
    models, history, record = session.together(
        lambda whole: (
            chosen_models(whole, comparison, spec),
            whole.history(comparison),
            whole.dataset(comparison),
        )
    )
    return Asked(history, record, models, str(session.path), spec)


def read_question(asked: Asked, path: Path, cache: Cache | None = None) -> Question:
    """Reads new data, a file or a folder, as the session's data was read.

    Raises:
        DatasetError: The new data cannot be read, or lacks a column.
        SpecError: A setting does not fit.
    """
    dataset = read_new_data(path, asked.record.spec, asked.record.schema, cache)
    return question_of(asked, dataset, cache)


def question_of(asked: Asked, dataset: Dataset, cache: Cache | None = None) -> Question:
    """The same for data that is in memory; raises the same."""
    data = prepare_new_data(dataset, asked.history.spec.task, asked.models[0].preprocessing)
    if asked.spec.has_span:
        data = within(data, asked.spec.since, asked.spec.until)
    if data.preprocessing.predicts_next:
        return Question(asked.history, asked.models, data, None)
    reference = find_reference(asked.history, asked.record, asked.where, asked.models[0], cache)
    if isinstance(reference, Reference):
        before, now = reference.seconds, seconds_between_rows(dataset)
        if before and now and not np.isclose(before, now, rtol=0.01):
            data = replace(data, notes=(*data.notes, TimeStepDiffers(before, now)))
    return Question(asked.history, asked.models, data, reference)


def predict_new_data(  # noqa: PLR0913 - what is asked of whom
    session: SessionFile,
    comparison: int,
    path: Path,
    spec: PredictionSpec,
    compute: Compute,
    *,
    progress: Progress | None = None,
    cache: Cache | None = None,
) -> PredictionResult:
    """Reads new data as the session's data was read, and predicts it.

    Args:
        session: An open session.
        comparison: The comparison's number.
        path: The new data, a file or a folder.
        spec: What to predict with.
        compute: Where the networks run.
        progress: Is told how far it is, and may stop it.
        cache: Keeps results that are slow to compute.

    Raises:
        SessionError: There is no such contender or run.
        DatasetError: The new data cannot be read, or lacks a column.
        SpecError: A setting does not fit.
        PredictionStopped: `progress` said so.
    """
    question = read_question(ask_session(session, comparison, spec), path, cache)
    return compute.submit(lambda: answer_question(question, spec, progress)).result()


def answer_question(
    question: Question, spec: PredictionSpec, progress: Progress | None
) -> PredictionResult:
    """Computes predictions, scores, intervals and drift; on the compute thread."""
    models, data, reference = question.models, question.data, question.reference
    preprocessing = models[0].preprocessing
    _refuse(spec, models[0])
    if reference is None:
        return _answer_next(question, spec, progress)
    new = part_of_new_data(data)
    parts = [new]
    if isinstance(reference, Reference) and not models[0].is_final:
        parts += [
            part_of_examples(part, preprocessing)
            for part in (reference.task.validation, reference.task.test)
        ]
    together = _predicting_together(models, spec)
    counted = _Counted(progress, sum(map(len, parts)) * len(together))
    predicted = [[predict_part(own, part, counted.of()) for own in together] for part in parts]
    temperature = None
    if spec.temperature:
        predicted, temperature = _at_temperature(parts, predicted)
    runs = tuple(
        _with_intervals(_owner(own), index, parts, predicted, spec, preprocessing)
        for index, own in enumerate(together)
    )
    has_test = len(parts) > 1
    test_scores = score_part(question.history, models, predicted[2], parts[2]) if has_test else {}
    return PredictionResult(
        data=data,
        contender=models[0].contender.name,
        models=models,
        spec=spec,
        runs=runs,
        scores=score_part(question.history, models, predicted[0], new),
        test_scores=test_scores,
        drift=_drift(data, reference) if isinstance(reference, Reference) else None,
        class_shares=_shares(new, runs[0].values, reference, preprocessing.class_names),
        shares_are_true=bool(new.is_known.any()),
        temperature=temperature,
        reliability=reliability(predicted[2][0], parts[2].truth)
        if has_test and preprocessing.class_names is not None
        else None,
        unavailable=None if isinstance(reference, Reference) else reference,
    )


def _predicting_together(
    models: Sequence[TrainedModel], spec: PredictionSpec
) -> list[Sequence[TrainedModel]]:
    """All models for their mean, otherwise each on its own."""
    return [models] if spec.runs == "mean" else [(model,) for model in models]


def _owner(together: Sequence[TrainedModel]) -> RunId | None:
    return together[0].run if len(together) == 1 else None


def _answer_next(
    question: Question, spec: PredictionSpec, progress: Progress | None
) -> PredictionResult:
    """The next token or step, without intervals; test scores are those of the comparison."""
    models, data, part = question.models, question.data, part_of_new_data(question.data)
    together = _predicting_together(models, spec)
    counted = _Counted(progress, len(part) * len(together))
    made = [(own, *predict_next(own, part, counted.of())) for own in together]
    has_test = not models[0].is_final and spec.runs != "mean"
    nats = [own[:, np.newaxis] for _, _, own in made]
    return PredictionResult(
        data=data,
        contender=models[0].contender.name,
        models=models,
        spec=spec,
        runs=tuple(RunPredictions(_owner(own), values, nats=of) for own, values, of in made),
        scores=score_part(question.history, models, nats, part),
        test_scores=stored_test_scores(question.history, models) if has_test else {},
        drift=None,
        class_shares=(),
        shares_are_true=False,
        temperature=None,
        reliability=None,
        unavailable=None,
    )


class _Counted:
    """Adds up what several parts report."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._total, self._before = progress, total, 0

    def of(self) -> Report | None:
        """The report of the next part."""
        if self._progress is None:
            return None
        begun, progress = self._before, self._progress

        def report(done: int) -> bool:
            self._before = begun + done
            return progress(begun + done, self._total)

        return report


def _refuse(spec: PredictionSpec, model: TrainedModel) -> None:
    kind = model.preprocessing.kind
    if spec.adaptive and kind != "forecast":
        raise SpecError(
            "adaptive intervals follow a series in time, but these are not forecasts",
            where="adaptive",
            remedy="Leave it out",
        )
    if spec.temperature and model.preprocessing.class_names is None:
        raise SpecError(
            f"a temperature scales the probabilities of classes, but the task is {kind}",
            where="temperature",
            remedy="Leave it out",
        )
    if spec.temperature and model.is_final:
        raise SpecError(
            "the temperature is fitted on the validation set, but the model was trained on all "
            "data",
            where="temperature",
            remedy="Leave it out, or choose the best run",
        )


def _at_temperature(
    parts: Sequence[Part], predicted: list[list[Doubles]]
) -> tuple[list[list[Doubles]], float]:
    """Probabilities at the temperature that suits the validation set."""
    if len(parts) == 1 or not len(parts[1]):
        raise SpecError(
            "the temperature is fitted on the validation set, which cannot be had",
            where="temperature",
            remedy="Leave it out, or restore the comparison's data",
        )
    temperature = fit_temperature(predicted[1][0], parts[1].truth)
    scaled = [[with_temperature(own, temperature) for own in of_runs] for of_runs in predicted]
    return scaled, temperature


def _with_intervals(  # noqa: PLR0913, PLR0917 - what intervals are made of
    owner: RunId | None,
    index: int,
    parts: Sequence[Part],
    predicted: Sequence[Sequence[Doubles]],
    spec: PredictionSpec,
    preprocessing: Preprocessing,
) -> RunPredictions:
    """The predictions of one run with intervals from its errors on the validation set."""
    raw = [predicted_part[index] for predicted_part in predicted]
    points = [preprocessing.point_predictions(own) for own in raw]
    values, quantiles = points[0], None if preprocessing.quantiles is None else raw[0]
    if spec.level is None or len(parts) == 1 or not len(parts[1]):
        return RunPredictions(owner, values, quantiles)
    calibration, test = ((part, points[place]) for place, part in enumerate(parts) if place)
    if parts[0].truth.dtype.kind == "f":
        made = _with_bands(owner, values, parts[0], calibration, test, spec, preprocessing)
        return replace(made, quantiles=quantiles)
    return _with_sets(owner, values, calibration, test, spec.level)


_Predicted = tuple[Part, Doubles]


def _with_bands(  # noqa: PLR0913, PLR0917 - what intervals are made of
    owner: RunId | None,
    values: Doubles,
    new: Part,
    calibration: _Predicted,
    test: _Predicted,
    spec: PredictionSpec,
    preprocessing: Preprocessing,
) -> RunPredictions:
    assert spec.level is not None  # noqa: S101 - asked by the caller
    errors = calibration[1] - calibration[0].truth
    radii = conformal_radii(errors, spec.level)
    steps_ahead = np.arange(values.shape[1]) // len(preprocessing.target_names) + 1
    delays = -(-steps_ahead // preprocessing.stride)

    def around(part: Part, own: Doubles) -> Bands:
        if not spec.adaptive:
            return bands(own, radii)
        return adaptive_bands(own, part.truth, errors, spec.level or 0.9, delays)

    held = around(*test).covers(test[0].truth)
    is_known = ~np.isnan(test[0].truth)
    counts = is_known.sum(axis=0)
    shares = np.where(counts > 0, held.sum(axis=0) / np.maximum(counts, 1), np.nan)
    coverage = Coverage(
        spec.level,
        float(held.sum() / max(1, int(is_known.sum()))),
        shares,
        int(is_known.any(axis=1).sum()),
        int((~np.isnan(errors).any(axis=1)).sum()),
        fewest_examples(spec.level),
    )
    return RunPredictions(owner, values, bands=around(new, values), coverage=coverage)


def _with_sets(
    owner: RunId | None,
    values: Doubles,
    calibration: _Predicted,
    test: _Predicted,
    level: float,
) -> RunPredictions:
    thresholds = class_thresholds(calibration[1], calibration[0].truth, level)
    known = test[0].truth >= 0
    truth = test[0].truth[known].astype(np.int64)
    held = sets_cover(prediction_sets(test[1][known], thresholds), truth)
    counts = np.bincount(truth, minlength=len(thresholds))
    hits = np.bincount(truth[held], minlength=len(thresholds))
    coverage = Coverage(
        level,
        float(held.mean()) if len(held) else float("nan"),
        np.where(counts > 0, hits / np.maximum(counts, 1), np.nan),
        len(held),
        int(np.bincount(_classes_of(calibration[0]), minlength=len(thresholds)).min()),
        fewest_examples(level),
    )
    sets = prediction_sets(values, thresholds)
    return RunPredictions(owner, values, sets=sets, coverage=coverage)


def _classes_of(part: Part) -> Integers:
    return np.asarray(part.truth[part.truth >= 0], dtype=np.int64)


def _drift(data: NewData, reference: Reference) -> tuple[ColumnDrift, ...]:
    if not data.input_columns:
        return ()
    preprocessing, training = data.preprocessing, reference.task.training
    if preprocessing.window is not None or preprocessing.is_cut or preprocessing.per_step:
        before = training_inputs(reference.data, training, preprocessing.window)
        return column_drift(before, data.inputs, data.input_columns, in_time=True)
    is_trained = np.isin(reference.data.positions, training.positions)
    return column_drift(
        inputs_of_examples(reference.data, is_trained),
        inputs_of_examples(data),
        data.input_columns,
        in_time=False,
    )


def _shares(
    new: Part, values: Doubles, reference: Reference | UserError, names: tuple[str, ...] | None
) -> tuple[ClassShare, ...]:
    if names is None or not isinstance(reference, Reference):
        return ()
    trained = np.asarray(reference.task.training.targets_in_units).ravel().astype(np.int64)
    known: Integers = new.truth if new.is_known.any() else values.argmax(axis=1)
    return class_shares(trained, known.astype(np.int64), names)
