"""Names for the NumPy arrays that travel between packages."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]
Doubles: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]
Truth: TypeAlias = NDArray[Any]
"""Classes (examples,) int64, or values (examples, outputs) float32."""
