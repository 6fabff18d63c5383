"""Gates and states of an example as a NumPy archive."""

from pathlib import Path

import numpy as np

from studio.core.results.events import Trace
from studio.export.staging import staged


def write_trace(trace: Trace, out: Path) -> None:
    """Writes `input` (time, channels) and every gate and state (time, units), float32.

    Raises:
        ExportError: The file cannot be written.
    """
    with staged(out) as folder, Path(folder, out.name).open("wb") as file:
        np.savez(file, allow_pickle=False, input=trace.input, **trace.layers)
