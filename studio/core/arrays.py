"""Types of the NumPy arrays that are passed between packages."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.floating[Any]]
"""Single precision, or double where said."""
Doubles: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]
Truth: TypeAlias = NDArray[Any]
"""Classes (examples,) int64, or values (examples, outputs) float64 in their units."""
