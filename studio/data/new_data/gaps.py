"""Missing values of new data, filled as in training."""

import numpy as np

from studio.core.arrays import Doubles, Integers
from studio.core.prepared.preprocessing import Preprocessing
from studio.data.transform.missing_values import MissingValues


def fill_as_trained(
    values: Doubles,
    lengths: Integers,
    names: tuple[str, ...],
    preprocessing: Preprocessing,
    series: Integers | None = None,
) -> Doubles:
    """Values with masks, as the scaler takes them; NaN where the model has nothing to fill with.

    Args:
        values: The features of concatenated series or examples, (rows, features).
        lengths: Rows of each.
        names: Of the features.
        preprocessing: Of the model.
        series: The index of each series where each has its own scaler, else None.
    """
    masked = np.array([f"{name} missing" in preprocessing.input_names for name in names])
    if preprocessing.fill is None or preprocessing.missing in {"refuse", "drop"}:
        return np.concatenate([values, np.zeros((len(values), int(masked.sum())))], axis=1)
    has_mask = preprocessing.missing == "mask"
    gaps = MissingValues(
        preprocessing.missing,
        np.array(preprocessing.fill[: len(names)], dtype=np.float64),
        masked if has_mask else np.ones(len(names), dtype=np.bool_),
    )
    scaling, fills = preprocessing.series_scaling, None
    if series is not None and scaling is not None and scaling.fill is not None:
        fills = np.array(scaling.fill)[series]
    return gaps.filled(values, lengths, fills)
