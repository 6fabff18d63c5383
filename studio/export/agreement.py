"""Whether answers of a written model are those of the trained one."""

import numpy as np

from studio.core.arrays import Doubles, Floats
from studio.core.preparation import Preparation
from studio.nn.standalone import ROUNDING, TOLERANCE


def compare(found: Floats, expected: Floats, preparation: Preparation) -> tuple[float, bool]:
    """The largest difference, and whether float32 explains all of them.

    What is allowed goes by the targets' spread, not by how far from zero they lie: answers near a
    million with a spread of one would all be equal otherwise.

    Args:
        found: Answers of the written model, (examples, outputs).
        expected: Answers of the trained one.
        preparation: Says what an output's spread is.
    """
    answers = np.asarray(expected, dtype=np.float64)
    difference = np.abs(found - answers)
    allowed = TOLERANCE * _spread(answers, preparation) + ROUNDING * np.abs(answers)
    return float(difference.max()), bool((difference <= allowed).all())


def _spread(answers: Doubles, preparation: Preparation) -> Doubles:
    scaler = preparation.target_scaler
    if scaler is None:
        return np.ones_like(answers)
    center = np.tile(scaler.center, preparation.horizon)
    scale = np.tile(scaler.scale, preparation.horizon)
    return np.asarray(np.maximum(scale, np.abs(answers - center)))
