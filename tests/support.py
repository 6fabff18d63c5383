"""What tests of several packages share."""

from pathlib import Path

import numpy as np
import pytest

from studio.core.prepared.examples import Examples, PreparedTask
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.prepared.scaler import Scaler

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared" / "data"
CACHE = ROOT / ".pytest_cache" / "gate-studio"
"""A user's cache folder that all tests share: kernels are compiled into it once."""


def shared_file(name: str) -> Path:
    """A real dataset beside the checkout; the test is skipped where there is none."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"the real dataset {name} is not here")
    return path


def toy_examples(count: int, steps: int, channels: int, outputs: int, seed: int) -> Examples:
    """Examples whose targets are sums of their inputs, so that networks can learn them."""
    generator = np.random.default_rng(seed)
    inputs = generator.normal(size=(count, steps, channels)).astype(np.float32)
    sums = inputs.mean(axis=1)[:, :1].repeat(outputs, axis=1)
    return Examples(inputs, None, sums, sums.copy(), np.arange(count))


def toy_task(
    *, steps: int = 12, channels: int = 2, counts: tuple[int, int, int] = (96, 32, 64)
) -> PreparedTask:
    """A small regression task made in memory."""
    names = tuple(f"x{channel}" for channel in range(channels))
    preprocessing = Preprocessing(
        kind="regress",
        input_names=names,
        input_units=("",) * channels,
        input_scaler=Scaler.identity(channels),
        target_names=("sum",),
        target_units=("m",),
        target_scaler=Scaler.identity(1),
        min_length=steps,
        max_length=steps,
    )
    parts = [toy_examples(count, steps, channels, 1, seed) for seed, count in enumerate(counts)]
    return PreparedTask("toy", preprocessing, *parts)
