"""Which networks can be served step by step, and which as C."""

import numpy as np

from studio.core.cells import CELLS, EXPORTED_CELLS
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.c_size import Arithmetic
from studio.core.specs.comparison_spec import ContenderSpec

_MOST_LOST = 0.01  # of a spread, by the rounding of an input to single precision
_EPS = float(np.finfo(np.float32).eps)
OWN_SCALERS = "a device does not know which series it reads: each series has its own scaler"
RELU_STATES = "an RNN with ReLU has states without bounds, for which integers are too short"


def why_not_stepwise(spec: ContenderSpec, preprocessing: Preprocessing) -> str:
    """Why a network needs a whole sequence before it can predict, a clause, or ""."""
    if not CELLS[spec.cell].is_recurrent:
        return f"a {CELLS[spec.cell].label} has no state that could be carried from step to step"
    if spec.bidirectional:
        return "a bidirectional network reads each sequence from its end too"
    if not preprocessing.per_step and spec.pooling == "attention":
        return "attention weighs all steps, once the last one is known"
    return ""


def why_no_c(
    spec: ContenderSpec, preprocessing: Preprocessing, arithmetic: Arithmetic = "float"
) -> str:
    """Why a network cannot be written as C, a clause, or ""."""
    if spec.cell not in EXPORTED_CELLS:
        return f"the cell {CELLS[spec.cell].label} cannot be exported as C"
    if why := why_not_stepwise(spec, preprocessing):
        return why
    if preprocessing.series_scaling is not None:
        return OWN_SCALERS
    if why := lost_digits(preprocessing):
        return why
    relu = spec.nonlinearity == "relu" and arithmetic == "int8"
    return RELU_STATES if relu else ""


def lost_digits(preprocessing: Preprocessing) -> str:
    """Which channel has values that a float cannot tell apart, a clause, or ""."""
    sides = [(preprocessing.input_scaler, preprocessing.input_names)]
    if preprocessing.target_scaler is not None:
        sides.append((preprocessing.target_scaler, preprocessing.target_names))
    for scaler, names in sides:
        for name, center, scale in zip(names, scaler.center, scaler.scale, strict=True):
            if abs(center) * _EPS > _MOST_LOST * scale:
                return (
                    f"{name} lies near {center:.8g} with a spread of {scale:.2g}: a float, as the "
                    "generated C reads it, has too few digits"
                )
    return ""
