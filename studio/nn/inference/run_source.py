"""Runs the exported source of a network."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from studio.core.arrays import Floats


@torch.no_grad()
def predictions_of_source(
    namespace: Mapping[str, Any], sequences: Sequence[Floats]
) -> list[Floats]:
    """Predictions of the network that `load` of an exported file gives.

    Args:
        namespace: What the file defines.
        sequences: In the inputs' own units, each (time, channels).

    Returns:
        For each sequence (outputs,), or (time, outputs).
    """
    network = namespace["load"]()
    doubles = (torch.from_numpy(np.asarray(each, dtype=np.float64)) for each in sequences)
    return [network(steps[None])[0].numpy() for steps in doubles]
