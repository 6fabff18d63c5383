"""What new data gives beside its steps: later values that are known, and static columns."""

import numpy as np

from studio.core.arrays import Doubles, Integers
from studio.core.errors import DatasetError
from studio.core.new_data_notes import listed
from studio.core.notes import DataNote
from studio.core.prepared.preprocessing import Preprocessing
from studio.data.dataset import Dataset
from studio.data.transform.static_columns import static_values


def ends_of_targets(targets: Doubles, lengths: Integers) -> Integers:
    """One past the last row of each series that holds a target; its end where none does.

    Args:
        targets: In any units, (rows, targets), NaN where unknown.
        lengths: Rows of each series, (series,).
    """
    ends = np.cumsum(lengths)
    is_known = ~np.isnan(targets).all(axis=1)
    latest = np.maximum.accumulate(np.where(is_known, np.arange(1, len(targets) + 1), 0))
    if not len(latest):
        return ends
    found = np.where(lengths > 0, latest[np.maximum(ends - 1, 0)], 0)
    return np.asarray(np.where(found > ends - lengths, found, ends), dtype=np.int64)


def with_statics(
    rows: Doubles, dataset: Dataset, lengths: Integers, preprocessing: Preprocessing
) -> tuple[Doubles, list[DataNote]]:
    """Rows with what does not change within a series or example, and notes on what is unknown.

    Args:
        rows: In units, (rows, channels).
        dataset: The new data.
        lengths: Rows of each series or example.
        preprocessing: Of the model.

    Raises:
        DatasetError: A column is missing.
    """
    if not preprocessing.static:
        return rows, []
    values, notes = static_values(dataset.statics, preprocessing.static, dataset.source)
    return np.concatenate([rows, np.repeat(values, lengths, axis=0)], axis=1), notes


def nothing_known_ahead(
    preprocessing: Preprocessing, source: str, steps: int | None = None
) -> DatasetError:
    """What to say where later values of the columns that are known in advance are missing."""
    needed = preprocessing.horizon if steps is None else steps
    after = "each window" if steps is None else "the last target"
    names, columns = listed(preprocessing.known_ahead), listed(preprocessing.target_names)
    return DatasetError(
        f"the model reads {names} at the {needed:,} "
        f"step{'' if needed == 1 else 's'} after {after}, but the values are missing there",
        where=source,
        remedy=f"Add {'this row' if needed == 1 else 'these rows'} with {columns} left empty",
    )
