"""The comparison's own data: calibration for intervals, the test set, what inputs were like."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.core.dates import parse_dates_utc
from studio.core.errors import UserError
from studio.core.prepared.examples import PreparedTask
from studio.core.results.history import ComparisonHistory
from studio.core.results.record import DatasetRecord
from studio.core.results.trained_model import TrainedModel
from studio.data import Dataset, Series, prepare, prepare_whole
from studio.data.files.cache import Cache
from studio.data.new_data import NewData, prepare_new_data
from studio.runs.stored.dataset_recovery import recover_dataset


@dataclass(frozen=True, eq=False)
class Reference:
    """The data that a model was trained, validated and tested on.

    Attributes:
        task: Its sets.
        data: All of it, prepared as new data.
        seconds: Between two rows, or None where it has no dates.
    """

    task: PreparedTask
    data: NewData
    seconds: float | None


def find_reference(
    history: ComparisonHistory,
    record: DatasetRecord,
    where: str,
    model: TrainedModel,
    cache: Cache | None = None,
) -> Reference | UserError:
    """The comparison's data, or why it cannot be had.

    That of a model that was trained on all data has neither validation nor test set.

    Args:
        history: The comparison.
        record: Its dataset.
        where: The session, for messages.
        model: Whose data it is.
        cache: Keeps results that are slow to compute.
    """
    try:
        dataset = recover_dataset(record, where, cache).dataset
        if model.is_final:
            task = prepare_whole(dataset, history.spec.task)
        else:
            task, _ = prepare(dataset, history.spec.task, model.run.fold_id)
        data = prepare_new_data(dataset, history.spec.task, model.preprocessing)
    except UserError as error:
        return error
    return Reference(task, data, seconds_between_rows(dataset))


def seconds_between_rows(dataset: Dataset) -> float | None:
    """The median time between two rows in seconds; None without dates."""
    if not isinstance(dataset, Series) or dataset.times is None:
        return None
    dates = parsed_dates(dataset.times)
    if dates is None or len(dates) < 2:  # noqa: PLR2004 - a pair
        return None
    apart = np.diff(dates).astype("timedelta64[ms]").astype(np.float64)
    forward = apart[apart > 0]
    return float(np.median(forward)) / 1000 if len(forward) else None


def parsed_dates(times: NDArray[np.str_]) -> NDArray[np.datetime64] | None:
    """Time stamps as dates, (rows,); None where they are numbers or cannot be read."""
    try:
        times.astype(np.float64)
    except ValueError:
        pass
    else:
        return None  # plain numbers
    try:
        return parse_dates_utc(times, "time")
    except UserError:
        return None
